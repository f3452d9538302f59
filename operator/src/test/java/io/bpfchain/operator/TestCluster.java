package io.bpfchain.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** The real API server that KUBECONFIG names. Nodes are only objects there: its node lifecycle controller must be off. */
final class TestCluster {
    private static final String CHAINS = "cgroupprogramchains.bpfchain.io";
    private static final String NODES = "cgroupprogramnodes.bpfchain.io";

    private TestCluster() {}

    static KubernetesClient client() {
        String kubeconfig = Objects.requireNonNullElse(System.getenv("KUBECONFIG"), "");
        Assumptions.assumeTrue(
                !kubeconfig.isEmpty(),
                "skipped: KUBECONFIG names no API server; scripts/cluster up --control-plane starts one");
        System.out.println("API server: that of " + kubeconfig);
        try {
            return new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(Files.readString(Path.of(kubeconfig))))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("read " + kubeconfig, e);
        }
    }

    static void installCrds(KubernetesClient client) {
        install(client, CHAINS);
        install(client, NODES);
    }

    static void installChains(KubernetesClient client) {
        install(client, CHAINS);
    }

    private static void install(KubernetesClient client, String name) {
        try (InputStream in = TestCluster.class.getResourceAsStream("/io/bpfchain/crds/" + name + "-v1.yml")) {
            CustomResourceDefinition crd = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .load(Objects.requireNonNull(in, name))
                    .item();
            client.resource(crd).serverSideApply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
                && crd.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
    }

    static void deleteChainsCrd(KubernetesClient client) {
        client.apiextensions().v1().customResourceDefinitions().withName(CHAINS).delete();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName(CHAINS)
                                .get()
                        == null);
    }
}
