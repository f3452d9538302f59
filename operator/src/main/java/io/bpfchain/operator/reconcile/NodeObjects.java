package io.bpfchain.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the objects of nodes. A write is a creation, which fails where there is an object, or it carries the uid and generation of what it
 * was made from, and fails where that is not what is there any more. A generation is one spec: other people's writes of metadata, and the
 * agent's of its status, refuse no write of a spec, however many they are. It never carries a status.
 */
final class NodeObjects {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the API server answers where a test of a JSON patch fails. */
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;

    NodeObjects(KubernetesClient client) {
        this.client = client;
    }

    CgroupProgramNode create(String node, CgroupProgramNodeSpec spec) {
        CgroupProgramNode object = named(node);
        object.setSpec(spec);
        return client.resource(object).create();
    }

    /** Gives the object that was read another spec. */
    CgroupProgramNode update(CgroupProgramNode from, CgroupProgramNodeSpec spec) {
        ObjectMeta read = from.getMetadata();
        ArrayNode patch = JSON.createArrayNode()
                .add(operation("test", "/metadata/uid", JSON.valueToTree(read.getUid())))
                .add(operation("test", "/metadata/generation", JSON.valueToTree(read.getGeneration())))
                .add(operation("replace", "/spec", JSON.valueToTree(spec)));
        return client.resource(named(read.getName())) // by name alone the client would read it first
                .patch(PatchContext.of(PatchType.JSON), patch.toString());
    }

    private static CgroupProgramNode named(String node) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(new ObjectMetaBuilder().withName(node).build());
        return object;
    }

    private static ObjectNode operation(String operation, String path, JsonNode value) {
        return JSON.createObjectNode().put("op", operation).put("path", path).set("value", value);
    }

    /**
     * Whether a write was refused because what it was made from is not there any more. The API server gives causes where it refuses what was
     * written, and none where a test of a JSON patch fails.
     */
    static boolean isOutdated(KubernetesClientException refusal) {
        return refusal.getCode() == HttpURLConnection.HTTP_CONFLICT
                || (refusal.getCode() == UNPROCESSABLE && hasNoCauses(refusal.getStatus()));
    }

    private static boolean hasNoCauses(@Nullable Status status) {
        return Optional.ofNullable(status)
                .map(Status::getDetails)
                .map(StatusDetails::getCauses)
                .filter(c -> !c.isEmpty())
                .isEmpty();
    }

    /** Deletes exactly what was read. */
    void delete(CgroupProgramNode object) {
        client.resource(object)
                .lockResourceVersion(object.getMetadata().getResourceVersion())
                .delete();
    }
}
