package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/**
 * Writes the objects of nodes. A write is a creation, which fails where there is an object, or it carries the uid and resourceVersion of
 * what it was made from, and fails where that is not what is there any more. It never carries a status.
 */
final class NodeObjects {
    private final KubernetesClient client;

    NodeObjects(KubernetesClient client) {
        this.client = client;
    }

    /** Past all caches. */
    Optional<CgroupProgramNode> read(String node) {
        return Optional.ofNullable(
                client.resources(CgroupProgramNode.class).withName(node).get());
    }

    CgroupProgramNode create(String node, CgroupProgramNodeSpec spec) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(new ObjectMetaBuilder().withName(node).build());
        object.setSpec(spec);
        return client.resource(object).create();
    }

    CgroupProgramNode update(CgroupProgramNode from, CgroupProgramNodeSpec spec) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(
                new ObjectMetaBuilder(from.getMetadata()).withManagedFields().build());
        object.setSpec(spec);
        return client.resource(object).update();
    }

    /** Deletes exactly what was read. */
    void delete(CgroupProgramNode object) {
        client.resource(object)
                .lockResourceVersion(object.getMetadata().getResourceVersion())
                .delete();
    }
}
