package io.bpfchain.agent.prepare;

import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The instances that are pinned on this machine, and which program of theirs runs which version of which entry. Grows while
 * objects are loaded. Not safe for several threads.
 */
public final class LiveInstances {
    private final Map<String, PinnedInstance> instances = new LinkedHashMap<>();
    private final Map<DesiredEntry, List<EntryId>> programs = new HashMap<>();

    public LiveInstances(Collection<PinnedInstance> pinned) {
        reset(pinned);
    }

    /** Starts again from these. */
    public final void reset(Collection<PinnedInstance> pinned) {
        instances.clear();
        programs.clear();
        pinned.stream().sorted((a, b) -> a.instance().compareTo(b.instance())).forEach(this::add);
    }

    /** One more, after the ones that are known: a program that was there before is preferred. */
    public void add(PinnedInstance instance) {
        instances.put(instance.instance(), instance);
        for (PinnedProgram program : instance.programs()) {
            Identity identity = program.identity();
            programs.computeIfAbsent(new DesiredEntry(identity.key(), identity.version()), k -> new ArrayList<>())
                    .add(program.id());
        }
    }

    /** One less. */
    public void remove(String instance) {
        PinnedInstance removed = instances.remove(instance);
        if (removed != null) {
            for (PinnedProgram program : removed.programs()) {
                programs.values().forEach(ids -> ids.remove(program.id()));
            }
        }
    }

    /** Every load of this version of this entry, the one that hooks share first. */
    public List<EntryId> loaded(DesiredEntry entry) {
        return programs.getOrDefault(entry, List.of());
    }

    public Collection<PinnedInstance> all() {
        return List.copyOf(instances.values());
    }

    public Optional<PinnedInstance> find(String instance) {
        return Optional.ofNullable(instances.get(instance));
    }

    /** An instance that holds this version of this entry. */
    public Optional<PinnedInstance> holding(DesiredEntry entry) {
        return instances.values().stream()
                .filter(i -> i.programs().stream()
                        .anyMatch(p -> p.identity().key().equals(entry.key())
                                && p.identity().version().equals(entry.version())))
                .findFirst();
    }

    /** A pinned map of an instance. */
    public Optional<PinnedMap> map(String instance, String map) {
        return find(instance)
                .flatMap(i ->
                        i.maps().stream().filter(m -> m.mapName().equals(map)).findFirst());
    }
}
