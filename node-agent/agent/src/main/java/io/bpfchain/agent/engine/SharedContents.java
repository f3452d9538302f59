package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.DeclaredMap;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.crds.MapSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sees to it that the users of a shared map declare the same contents. Contents that change in place need no load, so nothing else would
 * notice that one user rewrites what another declares. Pure.
 */
final class SharedContents {
    /** By the name under which the map is shared: the first user and its digest. */
    private final Map<String, User> users = new HashMap<>();

    private record User(String chain, String map, Optional<String> entries) {}

    private SharedContents(Collection<Journal> others) {
        for (Journal journal : others) {
            journal.objects().stream().flatMap(o -> o.maps().stream()).forEach(m -> add(journal.chain(), m));
        }
    }

    private void add(String chain, JournalMap map) {
        if (map.sharedAs() != null) {
            users.putIfAbsent(map.sharedAs(), new User(chain, map.name(), Optional.ofNullable(map.entriesDigest())));
        }
    }

    /**
     * What differs.
     *
     * @param changing the chains of the change, which agree among themselves
     * @param others the journals of the chains that stay as they are
     */
    static List<Problem> problems(Collection<ResolvedChain> changing, Collection<Journal> others) {
        SharedContents contents = new SharedContents(others);
        List<Problem> problems = new ArrayList<>();
        for (ResolvedChain chain : changing) {
            for (ResolvedObject object : chain.objects()) {
                for (MapSpec map : object.spec().maps()) {
                    contents.differs(chain, object, map).ifPresent(problems::add);
                }
            }
        }
        return problems;
    }

    private Optional<Problem> differs(ResolvedChain chain, ResolvedObject object, MapSpec map) {
        if (map.sharedAs() == null) {
            return Optional.empty();
        }
        User own = new User(
                chain.name(),
                map.name(),
                object.declared(map.name()).map(DeclaredMap::entries).map(e -> e.entriesDigest()));
        User first = users.putIfAbsent(map.sharedAs(), own);
        if (first == null || first.entries().equals(own.entries())) {
            return Optional.empty();
        }
        String subject = "map " + map.name() + " of object " + object.name() + " of chain " + chain.name();
        return Optional.of(new Problem(
                        Problem.Kind.REFUSED,
                        "SharedMapDiffers",
                        subject,
                        "share " + subject + " with map " + first.map() + " of chain " + first.chain()
                                + ": It declares other entries.",
                        "Declare the same entries in all chains that share it and apply them together, or share under another"
                                + " name.")
                .at(chain.snapshot().at(chain.snapshot().fieldOf(object.name(), map.name()))));
    }
}
