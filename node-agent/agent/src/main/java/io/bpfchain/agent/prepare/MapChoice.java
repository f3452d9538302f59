package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Fate;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.kernel.object.LoadRequest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a map of an instance comes from.
 *
 * @param fill the declared contents to write into a new map before anything can see it
 */
record MapChoice(String map, LoadRequest.How how, Optional<DeclaredMap> fill) {
    MapChoice {
        Objects.requireNonNull(map);
        Objects.requireNonNull(how);
        Objects.requireNonNull(fill);
    }

    /** What becomes of the map when the version changes; nothing to say of constants and declared contents. */
    Optional<MapChange> change(String object) {
        if (map.startsWith(".rodata") || map.equals(".kconfig") || fill.isPresent()) {
            return Optional.empty();
        }
        Fate fate = switch (how) {
            case LoadRequest.How.Reuse _ -> Fate.KEPT;
            case LoadRequest.How.Create _ -> Fate.ANEW;
        };
        return Optional.of(new MapChange(object, map, fate, 0, List.of(), List.of()));
    }
}
