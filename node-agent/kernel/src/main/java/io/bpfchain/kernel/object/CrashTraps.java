package io.bpfchain.kernel.object;

import io.bpfchain.kernel.object.HelperResponse.Function;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Programs that the verifier accepts and that crash kernels when they run. A tail call does not set up the storage of the program that
 * it leads to: seen to crash Linux 5.10 and 6.12. (Programs of type ext are refused by their type, and links are never updated.)
 */
final class CrashTraps {
    private static final int CGROUP_STORAGE = 19;
    private static final int PERCPU_CGROUP_STORAGE = 21;

    private CrashTraps() {}

    /** A clause that names what would crash; empty when nothing would. */
    static Optional<String> find(List<Function> functions, List<MapDefinition> maps) {
        Set<String> storage = maps.stream()
                .filter(m -> m.type() == CGROUP_STORAGE || m.type() == PERCPU_CGROUP_STORAGE)
                .map(MapDefinition::name)
                .collect(Collectors.toSet());
        for (Function function : functions) {
            for (String map : function.holders().isEmpty()
                    ? List.<String>of()
                    : function.info().maps()) {
                if (storage.contains(map)) {
                    return Optional.of("function %s is a tail-call target in map %s and uses the cgroup storage %s"
                            .formatted(
                                    function.info().name(), function.holders().getFirst(), map));
                }
            }
        }
        return Optional.empty();
    }
}
