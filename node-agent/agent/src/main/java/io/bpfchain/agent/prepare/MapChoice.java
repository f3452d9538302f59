package io.bpfchain.agent.prepare;

import io.bpfchain.kernel.object.LoadRequest;
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

    /** What becomes of the map's contents when the version changes; nothing to say of constants and declared contents. */
    Optional<String> sentence() {
        if (map.startsWith(".rodata") || map.equals(".kconfig") || fill.isPresent()) {
            return Optional.empty();
        }
        return Optional.of("map " + map
                + switch (how) {
                    case LoadRequest.How.Reuse _ -> ": kept with its contents";
                    case LoadRequest.How.Create _ -> ": starts anew";
                });
    }
}
