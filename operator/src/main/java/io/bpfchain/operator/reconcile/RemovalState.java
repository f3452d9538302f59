package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.ClusterNames;
import io.bpfchain.operator.removal.RemovalDecision.Held;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Map;
import java.util.Optional;

/** What removals must know of the past, kept in a ConfigMap in the operator's namespace; also where a person confirms one. */
final class RemovalState {
    private static final String CRD_UID = "crdUid";

    private final KubernetesClient client;
    private final Resource<ConfigMap> resource;
    private final ConfigMap empty;

    /**
     * What is known.
     *
     * @param crdUid of the chains' CustomResourceDefinition at the last good sync
     * @param held the token of the removal that waits for a person
     * @param confirmed the token of a removal that a person has confirmed
     */
    record Known(Optional<String> crdUid, Optional<String> held, Optional<String> confirmed) {}

    RemovalState(KubernetesClient client, String namespace) {
        this.client = client;
        resource = client.configMaps().inNamespace(namespace).withName(ClusterNames.STATE);
        empty = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(ClusterNames.STATE)
                .withNamespace(namespace)
                .endMetadata()
                .build();
    }

    Known read() {
        Optional<ConfigMap> state = Optional.ofNullable(resource.get());
        return new Known(
                state.map(ConfigMap::getData).map(d -> d.get(CRD_UID)),
                state.map(ConfigMap::getData).map(d -> d.get(ClusterNames.HELD_REMOVAL)),
                state.map(s -> s.getMetadata().getAnnotations()).map(a -> a.get(ClusterNames.CONFIRM_REMOVAL)));
    }

    void recordCrd(String uid) {
        write(Map.of(CRD_UID, uid));
    }

    void recordHeld(Held held) {
        write(Map.of(
                ClusterNames.HELD_REMOVAL, held.token(), ClusterNames.HELD_CHAINS, String.join(" ", held.chains())));
    }

    /** Nothing is held any more. A confirmation holds for one removal: the same one another time is asked about again. */
    void clearHeld() {
        resource.edit(c -> new ConfigMapBuilder(c)
                .editMetadata()
                .removeFromAnnotations(ClusterNames.CONFIRM_REMOVAL)
                .endMetadata()
                .removeFromData(ClusterNames.HELD_REMOVAL)
                .removeFromData(ClusterNames.HELD_CHAINS)
                .build());
    }

    private void write(Map<String, String> data) {
        if (resource.get() == null) {
            client.resource(new ConfigMapBuilder(empty).addToData(data).build()).create();
        } else {
            resource.edit(c -> new ConfigMapBuilder(c).addToData(data).build());
        }
    }
}
