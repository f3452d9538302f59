package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.removal.Candidate;
import io.bpfchain.operator.removal.Candidate.ChainGone;
import io.bpfchain.operator.removal.Candidate.Live;
import io.bpfchain.operator.removal.Candidate.NodeDeselected;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import io.bpfchain.operator.revision.SpecCheck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds assignments that nothing in the caches asks for, and remembers since when. */
final class RemovalCandidates {
    private final Caches caches;
    private final ChainSpecs specs;
    private final Map<Object, Instant> since = new HashMap<>();

    RemovalCandidates(Caches caches, ChainSpecs specs) {
        this.caches = caches;
        this.specs = specs;
    }

    /** What a chain asks for, for all that the caches know. */
    private sealed interface Asked {
        record Gone() implements Asked {}

        /** The nodes with these labels. */
        record Nodes(Map<String, String> selector) implements Asked {}

        /** It cannot be told, or nothing may be changed for it. */
        record Unknown() implements Asked {}
    }

    private Asked asked(String name) {
        return caches.chain(name).map(this::asked).orElseGet(Asked.Gone::new);
    }

    private Asked asked(ChainObject chain) {
        return specs.of(chain) instanceof SpecCheck.Result.Valid(ChainSpec valid) && !valid.suspend()
                ? new Asked.Nodes(valid.nodeSelector())
                : new Asked.Unknown();
    }

    /** The candidates among these assignments. */
    List<Candidate> among(Set<Pair> assigned, Instant now) {
        List<Candidate> candidates = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        Map<String, Asked> chains = new HashMap<>();
        for (Pair pair : assigned) {
            switch (chains.computeIfAbsent(pair.chain(), this::asked)) {
                case Asked.Gone _ -> {
                    if (seen.add(pair.chain())) {
                        candidates.add(new ChainGone(pair.chain(), since(pair.chain(), now), Live.NotAsked));
                    }
                }
                case Asked.Nodes(Map<String, String> selector) -> {
                    if (isDeselected(selector, pair.node())) {
                        seen.add(pair);
                        candidates.add(new NodeDeselected(pair.chain(), pair.node(), since(pair, now)));
                    }
                }
                case Asked.Unknown _ -> {}
            }
        }
        since.keySet().retainAll(seen);
        return candidates;
    }

    /** Whether a pair still is the candidate that it was at the last look: one that became another waits anew. */
    boolean isStill(Pair pair) {
        return switch (asked(pair.chain())) {
            case Asked.Gone _ -> since.containsKey(pair.chain());
            case Asked.Nodes(Map<String, String> selector) ->
                since.containsKey(pair) && isDeselected(selector, pair.node());
            case Asked.Unknown _ -> false;
        };
    }

    private Instant since(Object what, Instant now) {
        return since.computeIfAbsent(what, w -> now);
    }

    /** Whether the Node and its object are there and the Node is not selected. */
    private boolean isDeselected(Map<String, String> selector, String node) {
        return caches.node(node)
                .map(NodeFacts::of)
                .filter(n -> isCurrent(node, n) && !n.isSelectedBy(selector))
                .isPresent();
    }

    private boolean isCurrent(String node, NodeFacts facts) {
        return caches.object(node)
                .filter(o -> o.getSpec().nodeUID().equals(facts.uid()))
                .isPresent();
    }
}
