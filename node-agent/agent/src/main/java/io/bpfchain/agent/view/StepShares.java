package io.bpfchain.agent.view;

import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.planner.Hook;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Divides the steps of each plan among the chains of a change. Chains that share a hook are changed by one plan, and a chain of which
 * nothing differs has no part in it; what has to be done to a chain that was not asked for goes to the first that was.
 */
public final class StepShares {
    private final Set<String> chains = new HashSet<>();
    private final Map<Hook, String> first = new HashMap<>();

    /** One more chain of the change. */
    public void add(String chain, Collection<Hook> hooks) {
        chains.add(chain);
        hooks.forEach(h -> first.putIfAbsent(h, chain));
    }

    /** The part of a chain in what happens at a hook. */
    public HookChange of(String chain, Hook hook, HookChange whole) {
        return HookChanges.only(whole, step -> {
            String owner = step.program().chain();
            return owner.equals(chain) || (!chains.contains(owner) && chain.equals(first.get(hook)));
        });
    }
}
