package io.bpfchain.operator.reconcile;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What matters of a Node.
 *
 * @param readinessSince since when {@code ready} is as it is
 */
record NodeFacts(
        String name, String uid, Map<String, String> labels, Instant created, boolean ready, Instant readinessSince) {
    static NodeFacts of(Node node) {
        Instant created = Instant.parse(node.getMetadata().getCreationTimestamp());
        Optional<NodeCondition> ready = Optional.ofNullable(node.getStatus()).stream()
                .flatMap(s -> s.getConditions().stream())
                .filter(c -> c.getType().equals("Ready"))
                .findFirst();
        return new NodeFacts(
                node.getMetadata().getName(),
                node.getMetadata().getUid(),
                Map.copyOf(Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of())),
                created,
                ready.filter(c -> "True".equals(c.getStatus())).isPresent(),
                ready.map(NodeCondition::getLastTransitionTime)
                        .map(Instant::parse)
                        .orElse(created));
    }

    boolean isSelectedBy(Map<String, String> selector) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
