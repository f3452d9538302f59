package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.DeclaredMap;
import io.bpfchain.agent.prepare.LiveInstances;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.map.ContentsPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to the declared contents of one map.
 *
 * @param changes entries that change one by one in the live map
 * @param sentences for people
 */
record MapChange(String chain, int changes, List<String> sentences) {
    MapChange {
        sentences = List.copyOf(sentences);
    }

    /** What the declared contents of a chain's live maps lack; adds to {@code problems} what cannot be read. */
    static List<MapChange> of(Target target, LiveInstances live, List<Problem> problems) {
        List<MapChange> found = new ArrayList<>();
        ResolvedChain chain = target.chain();
        for (ResolvedObject object : chain.objects()) {
            Optional<JournalObject> before = target.before().flatMap(j -> j.object(object.name()));
            for (DeclaredMap map : object.contents()) {
                Optional<PinnedMap> pinned = before.flatMap(o -> pinned(o, map, live));
                boolean same =
                        before.filter(o -> o.version().equals(object.version())).isPresent();
                boolean kept = map.inPlace() && map.spec().onUpdate() == MapSpec.OnUpdate.Keep;
                boolean carried = same || kept;
                if (pinned.isPresent() && carried) {
                    live(chain.name(), map, pinned.get(), problems).ifPresent(found::add);
                } else {
                    found.add(new MapChange(
                            chain.name(),
                            0,
                            List.of("map " + map.spec().name() + ": new, with "
                                    + map.entries().entries().size() + " entries"
                                    + (pinned.isPresent() ? ", swapped in with the program" : ""))));
                }
            }
        }
        return found;
    }

    private static Optional<PinnedMap> pinned(JournalObject object, DeclaredMap map, LiveInstances live) {
        return object.maps().stream()
                .filter(m -> m.name().equals(map.spec().name()))
                .findFirst()
                .flatMap((JournalMap m) -> live.map(m.instance(), m.name()));
    }

    private static Optional<MapChange> live(String chain, DeclaredMap map, PinnedMap pinned, List<Problem> problems) {
        try {
            ContentsPlan plan = map.plan(pinned.pin());
            if (plan.changes().isEmpty()) {
                return Optional.empty();
            }
            int count = plan.changes().size();
            List<String> sentences = new ArrayList<>();
            sentences.add(
                    "map " + map.spec().name() + ": " + count + (count == 1 ? " single change" : " single changes"));
            sentences.addAll(plan.notes());
            return Optional.of(new MapChange(chain, count, sentences));
        } catch (BpfException e) {
            problems.add(new Problem(
                    Problem.Kind.FAILED,
                    "MapUnreadable",
                    map.subject(),
                    "read " + map.subject() + ": " + e.getMessage(),
                    "Check the pin " + pinned.pin() + ", then try again."));
            return Optional.empty();
        }
    }
}
