package io.bpfchain.agent.commit;

import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.Hook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts together what all chains of the machine want at each hook. Pure. */
public final class DesiredHooks {
    private DesiredHooks() {}

    /**
     * The hooks that any of the {@code changing} chains names, each with everything that any chain wants there.
     *
     * @param others every other chain of the machine
     */
    public static List<DesiredHook> of(Collection<Wanted> changing, Collection<Wanted> others) {
        Map<Hook, Parts> hooks = new LinkedHashMap<>();
        for (Wanted wanted : changing) {
            wanted.hooks()
                    .forEach(h ->
                            hooks.computeIfAbsent(h, k -> new Parts()).chains.add(wanted.chain()));
            wanted.leaving()
                    .forEach(h -> hooks.computeIfAbsent(h, k -> new Parts())
                            .retired
                            .add(wanted.chain().name()));
        }
        for (Wanted wanted : others) {
            for (Hook hook : wanted.hooks()) {
                Parts parts = hooks.get(hook);
                if (parts != null) {
                    parts.chains.add(wanted.chain());
                }
            }
            for (Hook hook : wanted.leaving()) {
                Parts parts = hooks.get(hook);
                if (parts != null) {
                    parts.retired.add(wanted.chain().name());
                }
            }
        }
        List<DesiredHook> desired = new ArrayList<>(hooks.size());
        hooks.forEach((hook, parts) -> desired.add(new DesiredHook(hook, parts.chains, parts.retired)));
        return desired;
    }

    private static final class Parts {
        private final List<DesiredChain> chains = new ArrayList<>();
        private final Set<String> retired = new HashSet<>();
    }
}
