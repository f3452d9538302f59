package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A chain of which everything is loaded and pinned.
 *
 * @param copies instances that hold a program a second time
 */
public record PreparedChain(
        ResolvedChain chain, List<JournalEntry> entries, List<JournalObject> objects, List<String> copies) {
    public PreparedChain {
        Objects.requireNonNull(chain);
        entries = List.copyOf(entries);
        objects = List.copyOf(objects);
        copies = List.copyOf(copies);
    }

    /** Brings the live maps to their declared contents, entry by entry; the first that fails is told. */
    public Optional<Problem> updateContents(LiveInstances live) {
        for (JournalObject object : objects) {
            for (ResolvedChain.ResolvedObject resolved : chain.objects()) {
                if (resolved.name().equals(object.name())) {
                    Optional<Problem> problem = update(resolved, object, live);
                    if (problem.isPresent()) {
                        return problem;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Problem> update(
            ResolvedChain.ResolvedObject resolved, JournalObject object, LiveInstances live) {
        for (JournalMap map : object.maps()) {
            Optional<Problem> problem = resolved.declared(map.name())
                    .filter(DeclaredMap::inPlace)
                    .flatMap(d -> live.map(map.instance(), map.name()).flatMap(m -> d.update(m.pin())));
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }
}
