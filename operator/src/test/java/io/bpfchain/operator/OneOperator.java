package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of the operator against a real API server with simulated agents, each in a namespace of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithTestCluster.class)
abstract class OneOperator {
    static final Duration SOON = Duration.ofSeconds(60);
    KubernetesClient client;
    String namespace;
    OperatorLab lab;
    History history;

    @BeforeAll
    void findCluster(TestCluster cluster) {
        client = cluster.client();
        Definitions.installAll(client);
        assertThat(client.resources(ChainObject.class).list().getItems())
                .as("this test deletes every chain of the cluster, so it wants one that has none")
                .isEmpty();
    }

    @BeforeEach
    void start() throws IOException {
        namespace = "op-" + UUID.randomUUID().toString().substring(0, 8);
        lab = new OperatorLab(client, namespace);
        history = new History(client);
    }

    @AfterEach
    void stop() {
        lab.close();
        history.close();
    }

    void bytes(String text) {
        ConfigMap source = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("firewall")
                .withNamespace(namespace)
                .addToLabels(ClusterNames.SOURCE, "true")
                .endMetadata()
                .addToBinaryData(
                        "firewall.o", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                .build();
        client.resource(source).createOr(r -> r.update());
    }

    static String template() {
        try (InputStream in = OneOperator.class.getResourceAsStream("chain.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void chain(String name, String port, String maxConcurrent, boolean paused, boolean suspend) {
        client.resource(template()
                        .replace("NAMESPACE", namespace)
                        .replace("NAME", name)
                        .replace("PORT", port)
                        .replace("MAX_CONCURRENT", maxConcurrent)
                        .replace("PAUSED", String.valueOf(paused))
                        .replace("SUSPEND", String.valueOf(suspend)))
                .fieldManager("user")
                .forceConflicts()
                .serverSideApply();
    }

    void chain(String port, String maxConcurrent) {
        chain("fw", port, maxConcurrent, false, false);
    }

    /** So many nodes run the first revision of the chain fw. */
    void firewallOn(int nodes) {
        firewallOn(nodes, "1");
    }

    /** The same, brought to so many nodes at a time. */
    void firewallOn(int nodes, String maxConcurrent) {
        lab.nodes(nodes);
        bytes("v1");
        chain("80", maxConcurrent);
        lab.awaitReady("fw", 1);
    }

    /** So many nodes run the first revisions of the chains fw and other. */
    void twoChainsOn(int nodes, String maxConcurrent) {
        lab.nodes(nodes);
        bytes("v1");
        chain("80", maxConcurrent);
        chain("other", "1", maxConcurrent, false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);
    }

    List<ControllerRevision> revisions() {
        return client.apps().controllerRevisions().inNamespace(namespace).list().getItems();
    }
}
