package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.testing.RawApi;
import io.bpfchain.crds.testing.RawApi.Answer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The chains of an API server. Nothing that is sent is kept there, but for the one chain that others are applied over. */
final class ChainsApi {
    private static final String CHAINS = "/apis/bpfchain.io/v1alpha1/cgroupprogramchains";
    private static final String BASE = "applied-before";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final KubernetesClient client;
    private final RawApi api;
    private JsonNode base = JsonNodeFactory.instance.objectNode();
    private boolean installedHere;

    /** How an object arrives. Each is what kubectl sends. */
    enum Way {
        CREATE,
        /** Client-side, of a chain that is not there. */
        APPLY_NEW,
        /** Client-side, over a chain that is there: a merge patch of what changed since the last time. */
        APPLY_OVER,
        SERVER_SIDE_APPLY
    }

    ChainsApi(KubernetesClient client) {
        this.client = client;
        this.api = new RawApi(client);
    }

    /** Makes the API server know chains, as this build defines them. */
    void install(Path crd) {
        Resource<CustomResourceDefinition> resource =
                client.apiextensions().v1().customResourceDefinitions().load(crd.toFile());
        Answer chains = api.get(CHAINS);
        installedHere = !chains.successful();
        if (!chains.body().path("items").isEmpty()) {
            throw new IllegalStateException(
                    "the cluster of the tests has chains, and the tests change what a chain is: "
                            + "delete them, or give another cluster");
        }
        resource.forceConflicts().serverSideApply();
        resource.waitUntilCondition(
                c -> c.getStatus() != null
                        && c.getStatus().getConditions().stream()
                                .anyMatch(k -> k.getType().equals("Established")
                                        && k.getStatus().equals("True")),
                30,
                TimeUnit.SECONDS);
    }

    /** Really creates the chain that {@link Way#APPLY_OVER} goes over. */
    void makeBase(JsonNode chain) {
        base = named(BASE, chain);
        Answer answer = api.send("POST", CHAINS + "?fieldManager=kubectl", "application/json", withLastApplied(base));
        if (!answer.successful()) {
            throw new IllegalStateException("create a chain: " + answer);
        }
    }

    /** Removes what {@link #install} and {@link #makeBase} made. */
    void remove() {
        api.send("DELETE", CHAINS + "/" + BASE, "application/json", JsonNodeFactory.instance.objectNode());
        if (installedHere) {
            client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName("cgroupprogramchains.bpfchain.io")
                    .withTimeout(30, TimeUnit.SECONDS)
                    .delete();
        }
        api.close();
    }

    /** What the API server says to an object; it keeps nothing. */
    Answer send(Way way, JsonNode object) {
        String options = "?dryRun=All&fieldValidation=Strict&fieldManager=kubectl";
        String name = name(object);
        return switch (way) {
            case CREATE -> api.send("POST", CHAINS + options, "application/json", object);
            case APPLY_NEW -> api.send("POST", CHAINS + options, "application/json", withLastApplied(object));
            case APPLY_OVER ->
                // Where the name is what is wrong, no chain has it.
                name.matches("[a-z]{1,52}")
                        ? api.send(
                                "PATCH",
                                CHAINS + "/" + BASE + options,
                                "application/merge-patch+json",
                                difference(base, withLastApplied(named(BASE, object))))
                        : send(Way.APPLY_NEW, object);
            case SERVER_SIDE_APPLY ->
                // Without a name there is nothing to apply to, and kubectl sends nothing.
                name.isEmpty()
                        ? send(Way.CREATE, object)
                        : api.send("PATCH", CHAINS + "/" + name + options, "application/apply-patch+yaml", object);
        };
    }

    /** Server-side apply of nothing but programs, over the chain that is there, by another manager than the one that made it. */
    Answer applyPrograms(String manager, JsonNode programs) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.set("apiVersion", base.path("apiVersion"));
        object.set("kind", base.path("kind"));
        object.putObject("metadata").put("name", BASE);
        object.putObject("spec").set("programs", programs);
        return api.send(
                "PATCH",
                CHAINS + "/" + BASE + "?dryRun=All&fieldValidation=Strict&fieldManager=" + manager,
                "application/apply-patch+yaml",
                object);
    }

    private static JsonNode named(String name, JsonNode object) {
        ObjectNode copy = object.deepCopy();
        ((ObjectNode) copy.path("metadata")).put("name", name);
        return copy;
    }

    private static String name(JsonNode object) {
        JsonNode name = object.path("metadata").path("name");
        return name.isTextual() ? name.asText() : "";
    }

    private static JsonNode withLastApplied(JsonNode object) {
        if (!object.path("metadata").isObject()) {
            return object;
        }
        ObjectNode copy = object.deepCopy();
        ObjectNode metadata = (ObjectNode) copy.path("metadata");
        JsonNode annotations = metadata.path("annotations");
        ObjectNode extended = annotations.isObject() ? (ObjectNode) annotations : JsonNodeFactory.instance.objectNode();
        metadata.set("annotations", extended.put(LAST_APPLIED, object.toString()));
        return copy;
    }

    /** RFC 7396: what makes the one into the other. */
    private static ObjectNode difference(JsonNode from, JsonNode to) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        to.properties().forEach(field -> {
            JsonNode old = from.path(field.getKey());
            if (old.isObject() && field.getValue().isObject()) {
                patch.set(field.getKey(), difference(old, field.getValue()));
            } else if (!old.equals(field.getValue())) {
                patch.set(field.getKey(), field.getValue());
            }
        });
        from.properties().stream().filter(f -> !to.has(f.getKey())).forEach(f -> patch.putNull(f.getKey()));
        return patch;
    }
}
