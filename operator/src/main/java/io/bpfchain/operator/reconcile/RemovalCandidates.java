package io.bpfchain.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Optional;
import java.util.Set;

/** Finds assignments that nothing in the caches asks for, and remembers since when. */
final class RemovalCandidates {
    private final Caches caches;
    private final Map<Object, Instant> since = new HashMap<>();

    RemovalCandidates(Caches caches) {
        this.caches = caches;
    }

    /** The candidates among these assignments. */
    List<Candidate> among(Set<Pair> assigned, Instant now) {
        List<Candidate> candidates = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        Map<String, Optional<ChainObject>> chains = new HashMap<>();
        for (Pair pair : assigned) {
            Optional<ChainObject> chain = chains.computeIfAbsent(pair.chain(), caches::chain);
            if (chain.isEmpty()) {
                if (seen.add(pair.chain())) {
                    candidates.add(new ChainGone(pair.chain(), since(pair.chain(), now), Live.NotAsked));
                }
            } else if (isDeselected(chain.get(), pair.node())) {
                seen.add(pair);
                candidates.add(new NodeDeselected(pair.chain(), pair.node(), since(pair, now)));
            }
        }
        since.keySet().retainAll(seen);
        return candidates;
    }

    /** Whether a pair still is the candidate that it was at the last look: one that became another waits anew. */
    boolean isStill(Pair pair) {
        return caches.chain(pair.chain())
                .map(chain -> since.containsKey(pair) && isDeselected(chain, pair.node()))
                .orElseGet(() -> since.containsKey(pair.chain()));
    }

    private Instant since(Object what, Instant now) {
        return since.computeIfAbsent(what, w -> now);
    }

    /** Whether the chain, the Node and the Node's object are there and the chain does not select the Node. */
    private boolean isDeselected(ChainObject chain, String node) {
        JsonNode spec = chain.getSpec();
        Optional<NodeFacts> facts = caches.node(node).map(NodeFacts::of).filter(n -> isCurrent(node, n));
        if (spec == null || facts.isEmpty() || isSelected(spec, facts.get())) {
            return false;
        }
        return SpecCheck.read(spec) instanceof SpecCheck.Result.Valid valid
                && !valid.spec().suspend();
    }

    private boolean isCurrent(String node, NodeFacts facts) {
        return caches.object(node)
                .filter(o -> o.getSpec().nodeUID().equals(facts.uid()))
                .isPresent();
    }

    private static boolean isSelected(JsonNode spec, NodeFacts node) {
        return spec.path("nodeSelector").properties().stream()
                .allMatch(
                        label -> label.getValue().asText().equals(node.labels().get(label.getKey())));
    }
}
