package io.bpfchain.planner;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is wanted at a hook. Absence is never an instruction: entries of ours whose chain is in neither of the two collections
 * are kept where they are.
 *
 * @param chains the chains that shall run here, in any order; their order in the list is (priority, name)
 * @param retired names of chains that were told to go; their entries are detached
 */
public record DesiredHook(Hook hook, List<DesiredChain> chains, Set<String> retired) {
    public DesiredHook {
        Objects.requireNonNull(hook);
        chains = List.copyOf(chains);
        retired = Set.copyOf(retired);
        if (chains.stream().map(DesiredChain::name).distinct().count() != chains.size()) {
            throw new IllegalArgumentException("a chain is listed twice at " + hook);
        }
        for (DesiredChain chain : chains) {
            if (retired.contains(chain.name())) {
                throw new IllegalArgumentException("chain " + chain.name() + " is both wanted and retired at " + hook);
            }
        }
    }

    /** Whether anything was said about the chain here: it is wanted, or told to go. */
    public boolean mentions(String chain) {
        return retired.contains(chain) || chains.stream().anyMatch(c -> c.name().equals(chain));
    }
}
