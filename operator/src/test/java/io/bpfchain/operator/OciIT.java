package io.bpfchain.operator;

import static io.bpfchain.operator.OperatorLab.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.revision.SourceBlob;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.registry.LocalRegistry;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Chains whose objects are artifacts of a real registry. */
@ExtendWith(WithTestCluster.class)
class OciIT {
    private static final byte[] V1 = "version 1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] V2 = "version 2".getBytes(StandardCharsets.UTF_8);
    private static final String TYPE = "application/octet-stream";

    @TempDir
    private Path directory;

    private KubernetesClient client;
    private String namespace;
    private LocalRegistry registry;
    private OperatorLab lab;

    @BeforeEach
    void start(TestCluster cluster) throws IOException {
        client = cluster.client();
        Definitions.installAll(client);
        registry = new LocalRegistry(directory);
        namespace = "oci-" + UUID.randomUUID().toString().substring(0, 8);
        lab = new OperatorLab(client, namespace);
        lab.nodes(1);
    }

    @AfterEach
    void stop() {
        lab.close();
        registry.close();
    }

    private void chain(String tag, int priority) {
        client.resource("""
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: fw}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {kubepods: {}}
                  nodeSelector: {bpfchain.io/test: "yes"}
                  priority: %d
                  objects:
                  - name: firewall
                    source: {oci: {image: "%s"}}
                  programs:
                  - {name: block, function: block}
                """.formatted(priority, registry.image(tag)))
                .fieldManager("user")
                .forceConflicts()
                .serverSideApply();
    }

    private ResolvedSource source() {
        return Objects.requireNonNull(lab.status("fw").orElseThrow().target())
                .sources()
                .getFirst();
    }

    @Test
    void aTagIsLookedUpOnceForEachChangeOfTheChain() throws IOException {
        String first = registry.push("team/fw:stable", TYPE, V1);
        chain("team/fw:stable", 100);
        lab.awaitReady("fw", 1);
        assertThat(source()).isEqualTo(new ResolvedSource("firewall", null, Sha256.of(V1), first));
        assertThat(client.configMaps()
                        .inNamespace(namespace)
                        .withName(SourceBlob.name(Sha256.of(V1)))
                        .get())
                .isNotNull();

        String second = registry.push("team/fw:stable", TYPE, V2);
        lab.stopOperator();
        lab.startOperator();
        await().during(Duration.ofSeconds(5)).atMost(SOON).until(() -> first.equals(source().manifest()));

        chain("team/fw:stable", 200);
        lab.awaitReady("fw", 2);
        assertThat(source()).isEqualTo(new ResolvedSource("firewall", null, Sha256.of(V2), second));
    }

    @Test
    void anArtifactThatIsNotThereIsLookedForAgain() {
        chain("team/fw:later", 100);
        lab.awaitReason("fw", "Reconciling", "SourceUnavailable");
        assertThat(lab.condition("fw", "Ready").orElseThrow().message())
                .contains("/team/fw:later: the registry has no such repository, tag or digest (404)");

        registry.push("team/fw:later", TYPE, V1);
        lab.awaitReady("fw", 1);
    }

    @Test
    void lostBytesAreFetchedAgainByDigestAndALostRegistryChangesNothing() throws IOException {
        registry.push("team/fw:1", TYPE, V1);
        chain("team/fw:1", 100);
        lab.awaitReady("fw", 1);
        registry.push("team/fw:1", TYPE, V2);

        lab.stopOperator();
        client.configMaps()
                .inNamespace(namespace)
                .withName(SourceBlob.name(Sha256.of(V1)))
                .delete();
        lab.startOperator();
        await().atMost(SOON)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName(SourceBlob.name(Sha256.of(V1)))
                                .get()
                        != null);

        registry.close();
        lab.stopOperator();
        lab.startOperator();
        await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> lab.isReady("fw", 1));
    }
}
