package io.bpfchain.operator.cluster;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What was decided and may not be in the nodes' objects yet. It only ever adds to what is in them: a pair that is not here stays as it
 * is there, and goes only where {@link #remove} said so.
 */
public final class Assignments {
    /**
     * A decision.
     *
     * @param at when it was made, or first seen by this process
     */
    public record Decided(Assignment assignment, Instant at) {}

    private final Map<String, Map<String, Decided>> byNode = new HashMap<>();
    private final Set<Pair> removed = new HashSet<>();

    private Map<String, Decided> node(String node) {
        return byNode.computeIfAbsent(node, n -> new TreeMap<>());
    }

    /** Decides; an earlier decision is superseded. */
    public synchronized void put(String node, Assignment assignment, Instant at) {
        node(node).put(assignment.chain(), new Decided(assignment, at));
        removed.remove(new Pair(assignment.chain(), node));
    }

    /** Takes over what stands in a node's object, unless something newer was decided. */
    public synchronized Decided adopt(String node, Assignment assignment, Instant now) {
        return node(node).computeIfAbsent(assignment.chain(), c -> new Decided(assignment, now));
    }

    public synchronized Optional<Decided> get(String chain, String node) {
        return Optional.ofNullable(node(node).get(chain));
    }

    /** All that was decided for a node, by chain. */
    public synchronized Map<String, Assignment> of(String node) {
        Map<String, Assignment> of = new TreeMap<>();
        node(node).forEach((chain, d) -> of.put(chain, d.assignment()));
        return of;
    }

    /**
     * Lets pairs be taken out. Only for what the removals' guards have let through.
     *
     * @param unwanted asked of each while nobody can {@link #keep} it: the guards took their time, and something may ask for it again
     * @return those that are let through
     */
    public synchronized Set<Pair> remove(Collection<Pair> pairs, Predicate<Pair> unwanted) {
        Set<Pair> through = pairs.stream().filter(unwanted).collect(Collectors.toSet());
        through.forEach(p -> node(p.node()).remove(p.chain()));
        removed.addAll(through);
        return through;
    }

    /** The object of a node lists these chains now: what was let through and is not among them is done. */
    public synchronized void listed(String node, Collection<String> chains) {
        removed.removeIf(p -> p.node().equals(node) && !chains.contains(p.chain()));
    }

    /** Whether a pair was let through and nothing was decided for it since. */
    public synchronized boolean isRemoved(String chain, String node) {
        return removed.contains(new Pair(chain, node));
    }

    /** A chain is there: what was not taken out of its selected nodes yet stays. */
    public synchronized void keep(String chain, Collection<String> nodes) {
        nodes.forEach(node -> removed.remove(new Pair(chain, node)));
    }

    /** A chain is there and nothing can be said about its nodes: what was not taken out yet stays. */
    public synchronized void keep(String chain) {
        removed.removeIf(p -> p.chain().equals(chain));
    }

    /** A node and its object are gone. */
    public synchronized void forget(String node) {
        byNode.remove(node);
        removed.removeIf(p -> p.node().equals(node));
    }
}
