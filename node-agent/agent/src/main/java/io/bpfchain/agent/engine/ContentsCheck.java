package io.bpfchain.agent.engine;

import io.bpfchain.agent.prepare.DeclaredMap;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.BpfException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Compares live maps with the contents that chains declare. Those that go with the program are left out: only a new version can have
 * others. What cannot be read is not taken for altered.
 */
final class ContentsCheck {
    private final Session session;

    ContentsCheck(Session session) {
        this.session = session;
    }

    /** Whether a chain declares contents, so that there is anything to compare. */
    static boolean declares(Journal journal) {
        return !journal.retired()
                && journal.objects().stream().flatMap(o -> o.maps().stream()).anyMatch(m -> m.entriesDigest() != null);
    }

    /** Names of the chains of which some map has other contents. */
    List<String> altered(Collection<Journal> journals) {
        return journals.stream().filter(this::isAltered).map(Journal::chain).toList();
    }

    private boolean isAltered(Journal journal) {
        Optional<ResolvedChain> chain = session.resolved(journal, new ArrayList<>());
        return chain.isPresent()
                && journal.objects().stream()
                        .anyMatch(o -> o.maps().stream().anyMatch(m -> isAltered(chain.get(), o, m)));
    }

    private boolean isAltered(ResolvedChain chain, JournalObject object, JournalMap map) {
        return chain.objects().stream()
                .filter(o -> o.name().equals(object.name()))
                .flatMap(o -> o.declared(map.name()).stream())
                .filter(DeclaredMap::inPlace)
                .anyMatch(declared -> session.live()
                        .map(map.instance(), map.name())
                        .filter(live -> {
                            try {
                                return !declared.plan(live.pin()).changes().isEmpty();
                            } catch (BpfException e) {
                                return false;
                            }
                        })
                        .isPresent());
    }
}
