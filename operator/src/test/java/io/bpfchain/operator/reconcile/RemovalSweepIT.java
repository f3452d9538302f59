package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.bpfchain.operator.removal.Removals;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of a removal whose reason ends while the API server is asked about it. */
@ExtendWith(WithTestCluster.class)
class RemovalSweepIT {
    private static final Instant THEN = Instant.parse("2026-01-01T12:00:00Z");
    private static final String SPEC = """
            {"attachType": "cgroup_inet_egress", "cgroup": {"path": "/a"}, "nodeSelector": {"role": "edge"},
             "objects": [{"name": "fw", "source": {"configMap": {"namespace": "x", "name": "fw", "key": "fw.o"}}}],
             "programs": [{"name": "p"}]}
            """;

    private final String namespace = "rs-" + UUID.randomUUID().toString().substring(0, 8);
    private final String chain = "chain-" + namespace;
    private final InMemoryCache<ChainObject> chains = new InMemoryCache<>();
    private final InMemoryCache<Node> nodes = new InMemoryCache<>();
    private final InMemoryCache<CgroupProgramNode> objects = new InMemoryCache<>();
    private final Caches caches = new Caches();
    private final Assignments assignments = new Assignments();
    private Instant now = THEN;
    private BooleanSupplier synced = () -> true;
    private KubernetesClient client;
    private Events events;
    private RemovalSweep sweep;

    @BeforeEach
    void make(TestCluster cluster) throws IOException {
        client = cluster.client();
        Definitions.installAll(client);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        caches.useChains(chains);
        caches.useNodes(nodes);
        caches.useObjects(objects);
        chains.put(chain());
        nodes.put(node("edge"));
        objects.put(object());
        assignments.adopt("n1", assignment(), THEN);
        events = new Events(client, "test", Clock.systemUTC());
        sweep = new RemovalSweep(
                client,
                namespace,
                caches,
                new ChainSpecs(),
                new Triggers(),
                assignments,
                events,
                new OperatorMetrics(new SimpleMeterRegistry()),
                () -> synced.getAsBoolean(),
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now;
                    }
                });
        sweep.run(); // all is there: the definition is recorded
    }

    @AfterEach
    void remove() {
        events.close();
        client.namespaces().withName(namespace).delete();
    }

    private ChainObject chain() throws IOException {
        ChainObject object = new ChainObject();
        object.setMetadata(
                new ObjectMetaBuilder().withName(chain).withUid("chain-uid").build());
        object.setSpec(new ObjectMapper().readTree(SPEC));
        return object;
    }

    private static Node node(String role) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("n1")
                .withUid("node-uid")
                .withCreationTimestamp(THEN.toString())
                .addToLabels("role", role)
                .endMetadata()
                .build();
    }

    private Assignment assignment() {
        return new Assignment(chain, 1, "sha256:" + "0".repeat(64), false, List.of());
    }

    private CgroupProgramNode object() {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(
                new ObjectMetaBuilder().withName("n1").withUid("object-uid").build());
        object.setSpec(new CgroupProgramNodeSpec("node-uid", true, List.of(assignment())));
        return object;
    }

    /** Sweeps twice, with the deletion delay between; the second time something happens after the question and before the decision. */
    private void sweepWhile(Runnable meanwhile) {
        sweep.run();
        now = now.plus(Removals.DELETION_DELAY);
        int[] asked = {0};
        synced = () -> {
            if (++asked[0] == 2) {
                meanwhile.run();
            }
            return true;
        };
        sweep.run();
        assertThat(asked[0]).as("it was asked and decided").isEqualTo(2);
        synced = () -> true;
    }

    private boolean isRemoved() {
        assertThat(assignments.get(chain, "n1").isPresent()).isNotEqualTo(assignments.isRemoved(chain, "n1"));
        return assignments.isRemoved(chain, "n1");
    }

    @Test
    void aChainThatStaysAwayIsTakenOut() {
        chains.remove(chain);
        sweepWhile(() -> {});
        assertThat(isRemoved()).isTrue();
    }

    @Test
    void aChainThatReturnsWhileTheApiServerIsAskedStays() throws IOException {
        ChainObject again = chain();
        chains.remove(chain);
        sweepWhile(() -> {
            chains.put(again);
            assignments.keep(chain, List.of("n1"));
        });
        assertThat(isRemoved()).isFalse();
    }

    @Test
    void aNodeThatStaysDeselectedLosesTheChain() {
        nodes.put(node("core"));
        sweepWhile(() -> {});
        assertThat(isRemoved()).isTrue();
    }

    @Test
    void aNodeThatIsSelectedAgainMeanwhileKeepsTheChain() {
        nodes.put(node("core"));
        sweepWhile(() -> {
            nodes.put(node("edge"));
            assignments.keep(chain, List.of("n1"));
        });
        assertThat(isRemoved()).isFalse();
    }

    /** It is there again and does not select the node: that is another reason, and has to last as long. */
    @Test
    void aReasonThatTurnsIntoAnotherWaitsAnew() throws IOException {
        ChainObject again = chain();
        chains.remove(chain);
        nodes.put(node("core"));
        sweepWhile(() -> chains.put(again));
        assertThat(isRemoved()).isFalse();

        sweepWhile(() -> {});
        assertThat(isRemoved()).isTrue();
    }
}
