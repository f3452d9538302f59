package io.bpfchain.planner;

import io.bpfchain.planner.PlanResult.Reason;
import io.bpfchain.planner.PlanResult.Refusal;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one chain selects. A chain on a cgroup and on an ancestor of it would run twice for everything in the lower one, without an
 * error from the kernel, because the programs of all levels run.
 */
public final class Selections {
    private Selections() {}

    /**
     * Refuses a selection in which one cgroup contains another.
     *
     * @param cgroups what the chain selects, in any order; the same cgroup twice counts once
     */
    public static Optional<Refusal> refusal(String chain, AttachType attachType, Collection<Cgroup> cgroups) {
        Map<String, Cgroup> byPath = HashMap.newHashMap(cgroups.size());
        cgroups.forEach(c -> byPath.put(c.path(), c));
        Set<String> freeAbove = new HashSet<>();
        for (Cgroup cgroup : cgroups) {
            String path = cgroup.path();
            while (!path.equals("/") && freeAbove.add(Cgroup.parent(path))) {
                path = Cgroup.parent(path);
                Cgroup above = byPath.get(path);
                if (above != null) {
                    return Optional.of(nested(chain, new Hook(cgroup, attachType), above));
                }
            }
        }
        return Optional.empty();
    }

    private static Refusal nested(String chain, Hook hook, Cgroup above) {
        return new Refusal(
                hook,
                Reason.NestedSelection,
                "chain %s selects both %s and %s, which is inside it: its programs would run twice for %s"
                        .formatted(
                                chain,
                                above.path(),
                                hook.cgroup().path(),
                                hook.cgroup().path()),
                "Select only %s, which covers everything below it, or only cgroups that do not contain one another."
                        .formatted(above.path()));
    }
}
