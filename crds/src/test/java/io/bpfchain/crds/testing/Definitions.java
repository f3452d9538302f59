package io.bpfchain.crds.testing;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionCondition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;

/** The project's custom resource definitions in a cluster. */
public final class Definitions {
    private static final String CHAINS = "cgroupprogramchains.bpfchain.io";
    private static final String NODES = "cgroupprogramnodes.bpfchain.io";

    private Definitions() {}

    /** Installs both, and waits until they can be used. */
    public static void installAll(KubernetesClient client) {
        install(client, CHAINS);
        install(client, NODES);
    }

    /** Installs that of chains. */
    public static void installChains(KubernetesClient client) {
        install(client, CHAINS);
    }

    /** As an older version might have left it: everything is let in. */
    public static void installChainsWithoutRules(KubernetesClient client) {
        JSONSchemaProps anything = new JSONSchemaPropsBuilder()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .build();
        CustomResourceDefinition crd = read(client, CHAINS);
        crd.getSpec().getVersions().forEach(v -> v.getSchema().setOpenAPIV3Schema(anything));
        install(client, crd);
        Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> acceptsAnything(client));
    }

    /** A definition that is established is not served everywhere at once. */
    private static boolean acceptsAnything(KubernetesClient client) {
        client.load(new ByteArrayInputStream("""
                        apiVersion: bpfchain.io/v1alpha1
                        kind: CgroupProgramChain
                        metadata: {name: anything}
                        spec: {anything: true}
                        """.getBytes(StandardCharsets.UTF_8)))
                .dryRun()
                .create();
        return true;
    }

    private static void install(KubernetesClient client, String name) {
        install(client, read(client, name));
    }

    private static CustomResourceDefinition read(KubernetesClient client, String name) {
        try (InputStream in = Definitions.class.getResourceAsStream("/io/bpfchain/crds/" + name + "-v1.yml")) {
            return client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .load(Objects.requireNonNull(in, name))
                    .item();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void install(KubernetesClient client, CustomResourceDefinition crd) {
        client.resource(crd).forceConflicts().serverSideApply();
        String name = crd.getMetadata().getName();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isEstablished(client, name));
    }

    private static boolean isEstablished(KubernetesClient client, String name) {
        CustomResourceDefinition crd = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .get();
        return crd != null
                && crd.getStatus() != null
                && Objects.requireNonNullElse(
                                crd.getStatus().getConditions(), List.<CustomResourceDefinitionCondition>of())
                        .stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
    }

    /** Deletes that of chains, and with it all chains. */
    public static void deleteChains(KubernetesClient client) {
        delete(client, CHAINS);
    }

    /** Deletes that of nodes, and with it all objects of nodes. */
    public static void deleteNodes(KubernetesClient client) {
        delete(client, NODES);
    }

    private static void delete(KubernetesClient client, String name) {
        client.apiextensions().v1().customResourceDefinitions().withName(name).delete();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName(name)
                                .get()
                        == null);
    }
}
