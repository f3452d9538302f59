package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.registry.RegistryAccess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How an operator starts that may not do all that it needs. */
@ExtendWith(WithTestCluster.class)
class OperatorStartIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WHILE = Duration.ofSeconds(6);

    private final String name = "start-" + UUID.randomUUID().toString().substring(0, 8);
    private KubernetesClient client;
    private KubernetesClient limited;

    @BeforeEach
    void make(TestCluster cluster) {
        client = cluster.client();
        Definitions.installAll(client);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        limited = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withImpersonateUsername(name)
                        .build())
                .build();
    }

    @AfterEach
    void remove() {
        limited.close();
        client.rbac().clusterRoleBindings().withName(name).delete();
        client.rbac().clusterRoles().withName(name).delete();
        client.namespaces().withName(name).delete();
    }

    /** Lets the user of {@link #limited} do all of these with all of these. */
    private void allow(String group, String resources, String... verbs) {
        client.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups(group)
                        .withResources(resources)
                        .withVerbs(verbs)
                        .endRule()
                        .build())
                .createOr(r -> r.update());
        client.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                        .addNewSubject("rbac.authorization.k8s.io", "User", name, null)
                        .build())
                .createOr(r -> r.update());
    }

    private OperatorProcess start(int port) throws IOException {
        return OperatorProcess.start(
                new OperatorConfiguration(
                        name, "operator", name, port, 2, Duration.ofSeconds(3), RegistryAccess.anonymous()),
                limited,
                Clock.systemUTC(),
                () -> {});
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void oneThatCannotStartLeavesNothingBehindThatLooksAlive() throws IOException {
        allow("*", "*", "get", "list", "watch");
        int port = freePort();

        assertThatThrownBy(() -> start(port)).hasStackTraceContaining("No permission to lease resource");

        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .as("nobody says that it is healthy")
                .isInstanceOf(IOException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(t -> !t.isDaemon())
                .extracting(Thread::getName)
                .doesNotContain("removals", "HTTP-Dispatcher");
    }

    /** However long that takes: {@link OperatorProcess} waits for a year, the framework by itself for two minutes. */
    @Test
    void nobodyLeadsBeforeAllIsListed() throws Exception {
        allow("", "nodes", "get", "list", "watch");
        CompletableFuture<OperatorProcess> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                started.complete(start(0));
            } catch (IOException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });

        await().during(WHILE).atMost(SOON).until(() -> !started.isDone() && lease() == null);

        allow("*", "*", "*");
        try (OperatorProcess operator = started.get()) {
            await().atMost(SOON).until(operator::isLeading);
            assertThat(lease()).isNotNull();
        }
    }

    private @Nullable Object lease() {
        return client.leases().inNamespace(name).withName("operator").get();
    }
}
