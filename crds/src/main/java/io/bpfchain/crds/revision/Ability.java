package io.bpfchain.crds.revision;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.OnEntriesChange;
import io.bpfchain.crds.UpdateSpec.OnUnsafe;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an agent must be able to do for a chain that uses it, by the word under which assignments require it. A new way to write a chain
 * comes with a word of its own, so that an agent that is older says what it lacks instead of failing on what it cannot read. Words never
 * change their meaning; there are few, because every assignment of a node carries its own.
 */
public enum Ability {
    /** Attaches to the cgroup of all pods. */
    Kubepods,
    /** Attaches to the cgroups of pods by their labels. */
    Pods,
    /** Keeps the contents of maps as declared. */
    Entries,
    /** Swaps a whole list in by replacing its program. */
    WithProgram,
    /** Lets several chains of a host use one map. */
    SharedMaps,
    /** Pins maps at a path that stays. */
    PinnedMaps,
    /** Changes, where it is allowed, so that old and new may both run for a moment. */
    Overlap,
    /** Changes, where it is allowed, so that for a moment neither may run. */
    Gap;

    private boolean isUsedBy(ChainSpec spec) {
        return switch (this) {
            case Kubepods -> spec.cgroup().kubepods() != null;
            case Pods -> spec.cgroup().pods() != null;
            case Entries -> usesMap(spec, m -> m.entries() != null || m.entriesFrom() != null);
            case WithProgram -> usesMap(spec, m -> m.onEntriesChange() == OnEntriesChange.WithProgram);
            case SharedMaps -> usesMap(spec, m -> m.sharedAs() != null);
            case PinnedMaps -> usesMap(spec, MapSpec::pin);
            case Overlap -> spec.update().onUnsafe() == OnUnsafe.AllowOverlap;
            case Gap -> spec.update().onUnsafe() == OnUnsafe.AllowGap;
        };
    }

    private static boolean usesMap(ChainSpec spec, Predicate<MapSpec> use) {
        return spec.objects().stream().flatMap(o -> o.maps().stream()).anyMatch(use);
    }

    /** The words of what a chain uses. */
    public static List<String> requiredBy(ChainSpec spec) {
        return Stream.of(values())
                .filter(a -> a.isUsedBy(spec))
                .map(Ability::name)
                .toList();
    }

    /** The words of everything that an agent of this version is able to do. */
    public static Set<String> all() {
        return Stream.of(values()).map(Ability::name).collect(Collectors.toUnmodifiableSet());
    }
}
