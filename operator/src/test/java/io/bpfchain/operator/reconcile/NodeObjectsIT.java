package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the API server takes and refuses of the writes of nodes' objects. */
@ExtendWith(WithTestCluster.class)
class NodeObjectsIT {
    private final String name = "node-" + UUID.randomUUID().toString().substring(0, 8);
    private KubernetesClient client;
    private NodeObjects objects;
    private CgroupProgramNode made;

    @BeforeEach
    void make(TestCluster cluster) {
        client = cluster.client();
        Definitions.installAll(client);
        objects = new NodeObjects(client);
        made = objects.create(name, spec(1));
    }

    @AfterEach
    void remove() {
        client.resources(CgroupProgramNode.class).withName(name).delete();
    }

    private static CgroupProgramNodeSpec spec(long revision) {
        return new CgroupProgramNodeSpec(
                "node-uid",
                true,
                List.of(new Assignment("fw", revision, "sha256:" + "0".repeat(64), false, List.of())));
    }

    private CgroupProgramNode read() {
        return client.resources(CgroupProgramNode.class).withName(name).get();
    }

    private void patch(String json) {
        client.resources(CgroupProgramNode.class).withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    private void assertOutdated(CgroupProgramNode from) {
        assertThatThrownBy(() -> objects.update(from, spec(3)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(NodeObjects.isOutdated(e))
                                .as(e.getMessage())
                                .isTrue());
    }

    @Test
    void aWriteIsTakenWhateverElseIsWrittenOfTheSameSpec() {
        patch("{\"metadata\": {\"annotations\": {\"example.com/turn\": \"1\"}}}");
        CgroupProgramNode written = objects.update(made, spec(2));
        assertThat(written.getSpec()).isEqualTo(spec(2));
        assertThat(written.getMetadata().getAnnotations()).containsEntry("example.com/turn", "1");
        assertThatThrownBy(() -> client.resource(made).update())
                .as("negative control: a write that carries the version")
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
    }

    @Test
    void aWriteThatWasMadeFromAnotherSpecIsRefused() {
        patch("{\"spec\": {\"drain\": true}}");
        assertOutdated(made);
        assertThat(read().getSpec().drain()).isTrue();
    }

    @Test
    void aWriteThatTheApiServerDoesNotAcceptIsNotOutdated() {
        List<Assignment> all = IntStream.rangeClosed(0, CgroupProgramNodeSpec.MOST_ASSIGNMENTS)
                .mapToObj(i -> new Assignment("chain-" + i, 1, "sha256:" + "0".repeat(64), false, List.of()))
                .toList();
        assertThatThrownBy(() -> objects.update(made, new CgroupProgramNodeSpec("node-uid", true, all)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(NodeObjects.isOutdated(e))
                                .as(e.getMessage())
                                .isFalse());
    }

    @Test
    void aWriteThatWasMadeFromAnotherObjectOfTheNameIsRefused() {
        CgroupProgramNode other = new CgroupProgramNode();
        other.setMetadata(new ObjectMetaBuilder(made.getMetadata())
                .withUid(UUID.randomUUID().toString())
                .build());
        assertOutdated(other);
        assertThat(read().getSpec()).isEqualTo(spec(1));
    }
}
