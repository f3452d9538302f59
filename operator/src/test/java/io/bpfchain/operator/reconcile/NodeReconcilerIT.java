package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.InMemoryCache;
import io.bpfchain.operator.cluster.Triggers;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Over what a node's object is written, and over what it is not. */
@ExtendWith(WithTestCluster.class)
class NodeReconcilerIT {
    private static final Instant THEN = Instant.parse("2026-01-01T12:00:00Z");

    private final String name = "node-" + UUID.randomUUID().toString().substring(0, 8);
    private final Node node = new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .withUid("node-uid")
            .withCreationTimestamp(THEN.toString())
            .endMetadata()
            .build();
    private final Caches caches = new Caches();
    private final InMemoryCache<CgroupProgramNode> objects = new InMemoryCache<>();
    private final Assignments assignments = new Assignments();
    private KubernetesClient client;
    private boolean leads = true;
    private NodeReconciler reconciler;

    @BeforeEach
    void make(TestCluster cluster) {
        client = cluster.client();
        Definitions.installAll(client);
        caches.useChains(new InMemoryCache<ChainObject>());
        caches.useNodes(new InMemoryCache<Node>());
        caches.useObjects(objects);
        reconciler = new NodeReconciler(
                client,
                caches,
                new Triggers(),
                assignments,
                () -> leads,
                new OperatorMetrics(new SimpleMeterRegistry()),
                Clock.systemUTC());
    }

    @AfterEach
    void remove() {
        client.resources(CgroupProgramNode.class).withName(name).delete();
    }

    private static CgroupProgramNodeSpec spec(long revision) {
        return new CgroupProgramNodeSpec("node-uid", true, List.of(assignment(revision)));
    }

    private static Assignment assignment(long revision) {
        return new Assignment("fw", revision, "sha256:" + "%064x".formatted(revision), false, List.of());
    }

    private CgroupProgramNode read() {
        return client.resources(CgroupProgramNode.class).withName(name).get();
    }

    private CgroupProgramNode made(long revision) {
        return new NodeObjects(client).create(name, spec(revision));
    }

    private void decided(long revision) {
        assignments.put(name, assignment(revision), THEN);
    }

    @Test
    void aDecisionIsWrittenOverWhatTheWatchHasTold() {
        objects.put(made(4));
        decided(5);

        UpdateControl<Node> control = reconciler.reconcile(node);

        assertThat(read().getSpec()).isEqualTo(spec(5));
        assertThat(control.getScheduleDelay()).isEmpty();
    }

    @Test
    void whatTheWatchHasNotToldYetIsNotWrittenOver() {
        CgroupProgramNode told = made(4);
        objects.put(told);
        new NodeObjects(client).update(told, spec(6));
        decided(5);

        UpdateControl<Node> control = reconciler.reconcile(node);

        assertThat(read().getSpec()).isEqualTo(spec(6));
        assertThat(control.getScheduleDelay()).as("it is looked at again").isPresent();
    }

    @Test
    void anObjectThatTheWatchHasNotToldOfIsNotWrittenOver() {
        made(5);
        decided(4);

        UpdateControl<Node> control = reconciler.reconcile(node);

        assertThat(read().getSpec()).isEqualTo(spec(5));
        assertThat(control.getScheduleDelay()).as("it is looked at again").isPresent();
    }

    @Test
    void nothingIsWrittenWhileAnotherProcessMayLead() {
        objects.put(made(4));
        decided(5);
        leads = false;

        assertThat(reconciler.reconcile(node).getScheduleDelay()).isPresent();
        assertThat(read().getSpec()).isEqualTo(spec(4));

        leads = true;
        reconciler.reconcile(node);
        assertThat(read().getSpec()).isEqualTo(spec(5));
    }
}
