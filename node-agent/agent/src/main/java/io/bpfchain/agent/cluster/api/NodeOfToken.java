package io.bpfchain.agent.cluster.api;

import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The node that a pod's token is bound to (KEP-4193): everybody may ask who he is, so this needs no permission. */
final class NodeOfToken {
    private static final String NAME = "authentication.kubernetes.io/node-name";
    private static final String UID = "authentication.kubernetes.io/node-uid";

    private NodeOfToken() {}

    /** The uid of the Node; empty where the identity is not bound to a node of this name. */
    static Optional<String> read(KubernetesClient client, String node) {
        try {
            SelfSubjectReview review = client.resource(new SelfSubjectReview()).create();
            Map<String, List<String>> extra = review.getStatus().getUserInfo().getExtra();
            return extra != null && List.of(node).equals(extra.get(NAME))
                    ? Optional.ofNullable(extra.get(UID))
                            .filter(u -> u.size() == 1)
                            .map(List::getFirst)
                    : Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.empty(); // then the Node itself is asked for, and says why if that fails too
        }
    }
}
