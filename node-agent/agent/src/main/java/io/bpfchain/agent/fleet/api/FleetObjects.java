package io.bpfchain.agent.fleet.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetMachine;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.agent.fleet.FleetRevision;
import io.bpfchain.agent.fleet.HeldRemoval;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.revision.RevisionContent;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads objects of the API. Pure. */
final class FleetObjects {
    /** A newer operator may write fields that this plugin does not know. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private FleetObjects() {}

    static FleetChain chain(GenericKubernetesResource object) {
        JsonNode all = JSON.valueToTree(object.getAdditionalProperties());
        return new FleetChain(
                object.getMetadata().getName(),
                object.getMetadata().getUid(),
                object.getMetadata().getResourceVersion(),
                Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L),
                created(object),
                all.path("spec"),
                status(all.path("status")),
                owners(object));
    }

    /** As everywhere, a status that this version cannot read counts as none. */
    private static Optional<CgroupProgramChainStatus> status(JsonNode status) {
        try {
            return Optional.of(status)
                    .filter(JsonNode::isObject)
                    .map(s -> JSON.convertValue(s, CgroupProgramChainStatus.class));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<FleetChain.Owner> owners(HasMetadata object) {
        List<FleetChain.Owner> owners = new ArrayList<>();
        for (ManagedFieldsEntry entry :
                Objects.requireNonNullElse(object.getMetadata().getManagedFields(), List.<ManagedFieldsEntry>of())) {
            List<String> fields = new ArrayList<>();
            JSON.valueToTree(entry.getFieldsV1())
                    .path("f:spec")
                    .fieldNames()
                    .forEachRemaining(f -> fields.add(f.startsWith("f:") ? f.substring(2) : f));
            fields.remove(".");
            if (!fields.isEmpty()) {
                owners.add(new FleetChain.Owner(entry.getManager(), fields));
            }
        }
        return owners;
    }

    static FleetNode node(CgroupProgramNode object) {
        return new FleetNode(
                object.getMetadata().getName(),
                object.getMetadata().getUid(),
                object.getSpec(),
                Optional.ofNullable(object.getStatus()));
    }

    static FleetMachine machine(Node node) {
        boolean ready = Optional.ofNullable(node.getStatus()).stream()
                .flatMap(s -> s.getConditions().stream())
                .anyMatch(c -> c.getType().equals("Ready") && "True".equals(c.getStatus()));
        return new FleetMachine(
                node.getMetadata().getName(),
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                ready);
    }

    static FleetRevision revision(ControllerRevision revision) {
        String name = revision.getMetadata().getName();
        return new FleetRevision(
                name,
                revision.getRevision(),
                created(revision),
                content(revision).filter(c -> c.name().equals(name)));
    }

    private static Optional<RevisionContent> content(ControllerRevision revision) {
        try {
            return Optional.of(RevisionContent.read(JSON.valueToTree(revision.getData())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A JSON patch that is refused where the chain is not what was read any more. */
    static String replacement(FleetChain chain, JsonNode spec) {
        ArrayNode patch = JSON.createArrayNode();
        patch.add(operation("/metadata/uid", TextNode.valueOf(chain.uid())));
        patch.add(operation("/metadata/resourceVersion", TextNode.valueOf(chain.version())));
        patch.add(operation("/spec", spec));
        return patch.toString();
    }

    private static ObjectNode operation(String path, JsonNode value) {
        return JSON.createObjectNode().put("op", "replace").put("path", path).set("value", value);
    }

    /** The bytes of a key of a ConfigMap that chains may use. */
    static Optional<byte[]> bytes(ConfigMap configMap, String key) {
        boolean labelled = "true"
                .equals(Objects.requireNonNullElse(configMap.getMetadata().getLabels(), Map.<String, String>of())
                        .get(ClusterNames.SOURCE));
        return labelled ? keptBytes(configMap, key) : Optional.empty();
    }

    /** The bytes of a key, under {@code binaryData} or {@code data}. */
    static Optional<byte[]> keptBytes(ConfigMap configMap, String key) {
        return Optional.ofNullable(configMap.getBinaryData())
                .flatMap(d -> Optional.ofNullable(d.get(key)))
                .map(b -> Base64.getDecoder().decode(b))
                .or(() -> Optional.ofNullable(configMap.getData())
                        .flatMap(d -> Optional.ofNullable(d.get(key)))
                        .map(t -> t.getBytes(StandardCharsets.UTF_8)));
    }

    static Optional<HeldRemoval> heldRemoval(ConfigMap state) {
        Map<String, String> data = Objects.requireNonNullElse(state.getData(), Map.of());
        Optional<String> confirmed = Optional.ofNullable(state.getMetadata().getAnnotations())
                .flatMap(a -> Optional.ofNullable(a.get(ClusterNames.CONFIRM_REMOVAL)));
        return Optional.ofNullable(data.get(ClusterNames.HELD_REMOVAL))
                .map(token -> new HeldRemoval(
                        token,
                        List.of(data.getOrDefault(ClusterNames.HELD_CHAINS, "").split(" ", -1)),
                        confirmed.filter(token::equals).isPresent(),
                        state.getMetadata().getResourceVersion()));
    }

    /** A patch of this one field, which is refused where the node's object is another one meanwhile. */
    static String drain(FleetNode node, boolean drain) {
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("metadata").put("uid", node.uid());
        ObjectNode spec = patch.putObject("spec");
        if (drain) {
            spec.put("drain", true);
        } else {
            spec.putNull("drain");
        }
        return patch.toString();
    }

    /** A patch that is refused where the held removal was another one meanwhile. */
    static String confirmation(HeldRemoval removal) {
        ObjectNode metadata = JSON.createObjectNode().put("resourceVersion", removal.version());
        metadata.putObject("annotations").put(ClusterNames.CONFIRM_REMOVAL, removal.token());
        return JSON.createObjectNode().set("metadata", metadata).toString();
    }

    private static Instant created(HasMetadata object) {
        return Instant.parse(object.getMetadata().getCreationTimestamp());
    }
}
