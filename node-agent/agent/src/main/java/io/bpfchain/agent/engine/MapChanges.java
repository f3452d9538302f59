package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.EntryChange;
import io.bpfchain.agent.ApplyOutcome.Fate;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.DeclaredMap;
import io.bpfchain.agent.prepare.LiveInstances;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.map.ContentsPlan;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happens to the declared contents of a chain's maps. */
final class MapChanges {
    private final LiveInstances live;
    private final List<Problem> problems;

    private MapChanges(LiveInstances live, List<Problem> problems) {
        this.live = live;
        this.problems = problems;
    }

    /** What the declared contents of a chain's live maps lack; adds to {@code problems} what cannot be read. */
    static List<MapChange> of(Target target, LiveInstances live, List<Problem> problems) {
        MapChanges changes = new MapChanges(live, problems);
        List<MapChange> found = new ArrayList<>();
        for (ResolvedObject object : target.chain().objects()) {
            Optional<JournalObject> before = target.before().flatMap(j -> j.object(object.name()));
            object.contents().forEach(map -> changes.of(object, map, before).ifPresent(found::add));
        }
        return found;
    }

    /**
     * What becomes of each map, once: entries that change say already that the map stays; otherwise what was decided about a load says
     * it, for example that a new chain takes another's map.
     */
    static List<MapChange> together(List<MapChange> contents, List<MapChange> loads) {
        Map<List<String>, MapChange> all = new LinkedHashMap<>();
        contents.forEach(c -> all.put(name(c), c));
        loads.forEach(l -> all.merge(name(l), l, (c, same) -> c.fate() == Fate.CHANGED ? c : same));
        return List.copyOf(all.values());
    }

    private static List<String> name(MapChange change) {
        return List.of(change.object(), change.map());
    }

    private Optional<MapChange> of(ResolvedObject object, DeclaredMap map, Optional<JournalObject> before) {
        Optional<PinnedMap> pinned = before.flatMap(o -> pinned(o, map));
        boolean same = before.filter(o -> o.version().equals(object.version())).isPresent();
        boolean kept = map.inPlace() && map.spec().onUpdate() != MapSpec.OnUpdate.Fresh;
        if (!map.inPlace() && same) {
            return Optional.empty(); // its entries are part of the version
        }
        if (pinned.isPresent() && (same || kept)) {
            return plan(map, pinned.get())
                    .filter(p -> !p.changes().isEmpty())
                    .map(p -> change(object, map, Fate.CHANGED, p));
        }
        if (pinned.isEmpty()) {
            return Optional.of(change(object, map, Fate.FILLED, new ContentsPlan(List.of(), List.of())));
        }
        // Elements of another object's map may be of another size.
        boolean comparable =
                before.filter(o -> o.digest().equals(object.digest())).isPresent();
        Optional<ContentsPlan> difference = comparable ? shown(map, pinned.get()) : Optional.empty();
        return Optional.of(change(
                object,
                map,
                Fate.SWAPPED,
                new ContentsPlan(difference.map(ContentsPlan::changes).orElse(List.of()), List.of())));
    }

    private Optional<PinnedMap> pinned(JournalObject object, DeclaredMap map) {
        return object.maps().stream()
                .filter(m -> m.name().equals(map.spec().name()))
                .findFirst()
                .flatMap((JournalMap m) -> live.map(m.instance(), m.name()));
    }

    private Optional<ContentsPlan> plan(DeclaredMap map, PinnedMap pinned) {
        try {
            return Optional.of(map.plan(pinned.pin()));
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

    /** Only to be shown: where the old map cannot be read, the new one is swapped in all the same. */
    private static Optional<ContentsPlan> shown(DeclaredMap map, PinnedMap pinned) {
        try {
            return Optional.of(map.plan(pinned.pin()));
        } catch (BpfException e) {
            return Optional.empty();
        }
    }

    private static MapChange change(ResolvedObject object, DeclaredMap map, Fate fate, ContentsPlan plan) {
        int declared = fate == Fate.CHANGED ? 0 : map.entries().entries().size();
        return new MapChange(
                object.name(), map.spec().name(), fate, declared, new Shown(map, plan.changes()), plan.notes());
    }

    /** Single changes, decoded when they are looked at. */
    private static final class Shown extends AbstractList<EntryChange> {
        private final DeclaredMap map;
        private final List<ContentsPlan.Change> changes;

        Shown(DeclaredMap map, List<ContentsPlan.Change> changes) {
            this.map = map;
            this.changes = changes;
        }

        @Override
        public EntryChange get(int index) {
            return map.shown(changes.get(index));
        }

        @Override
        public int size() {
            return changes.size();
        }
    }
}
