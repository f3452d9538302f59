package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When the operator takes chains out of nodes, and when it does not, against a real API server. */
class ChainRemovalIT extends OneOperator {
    private static final Duration WHILE = Duration.ofSeconds(16);

    @Test
    void aDeletedChainIsTakenOutAfterTheDelayAndOneThatReturnsInTimeIsNot() {
        twoChainsOn(2, "2");

        client.resources(ChainObject.class).withName("fw").delete();
        chain("443", "2");
        lab.awaitReady("fw", 2);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());

        client.resources(ChainObject.class).withName("fw").delete();
        await().during(Duration.ofSeconds(8))
                .atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isPresent());
        await().atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isEmpty()
                        && lab.assigned("n2", "fw").isEmpty());
        assertThat(lab.assigned("n1", "other")).isPresent();
    }

    @Test
    void aDeselectedNodeLosesTheChainAndASelectedOneGetsIt() {
        firewallOn(2, "2");

        client.nodes()
                .withName("n1")
                .edit(n -> new NodeBuilder(n)
                        .editMetadata()
                        .addToLabels("bpfchain.io/test", "no")
                        .endMetadata()
                        .build());
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isEmpty());
        assertThat(lab.assigned("n2", "fw")).isPresent();
        lab.node("n3");
        await().atMost(SOON).until(() -> lab.assigned("n3", "fw").isPresent());
    }

    @Test
    void nothingIsTakenOutWhenTheDefinitionOfChainsIsDeletedAndComesBack() {
        firewallOn(2, "2");
        awaitCrdRecorded();

        Definitions.deleteChains(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        Definitions.installChains(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        chain("443", "2");
        lab.awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.deleted()).isEmpty();
    }

    private void awaitCrdRecorded() {
        await().atMost(SOON)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName(ClusterNames.STATE)
                                .get()
                        != null);
    }

    @Test
    void aMassRemovalIsHeldUntilItIsConfirmed() {
        twoChainsOn(2, "2");
        awaitCrdRecorded();

        client.resources(ChainObject.class).delete();
        await().atMost(SOON).until(() -> heldToken().isPresent());
        assertThat(history.withoutAfterWith("fw")).isEmpty();

        String token = heldToken().orElseThrow();
        client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterNames.STATE)
                .edit(c -> new ConfigMapBuilder(c)
                        .editMetadata()
                        .addToAnnotations(ClusterNames.CONFIRM_REMOVAL, token)
                        .endMetadata()
                        .build());
        await().atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isEmpty()
                        && lab.assigned("n2", "other").isEmpty());
    }

    @Test
    void aHeldRemovalIsForgottenWhenTheChainsComeBack() {
        twoChainsOn(1, "1");
        awaitCrdRecorded();
        client.resources(ChainObject.class).delete();
        await().atMost(SOON).until(() -> heldToken().isPresent());

        chain("80", "1");
        chain("other", "1", "1", false, false);
        await().atMost(SOON).until(() -> heldToken().isEmpty());
        assertThat(history.withoutAfterWith("fw")).isEmpty();
    }

    private Optional<String> heldToken() {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(ClusterNames.STATE)
                        .get())
                .map(c -> c.getData().get("heldRemoval"));
    }

    @Test
    void aChainThatIsRecreatedWhileTheOperatorIsDownGoesOverInPlace() throws IOException {
        firewallOn(2);

        lab.stopOperator();
        client.resources(ChainObject.class).withName("fw").delete();
        await().atMost(SOON)
                .until(() -> client.resources(ChainObject.class).withName("fw").get() == null);
        chain("443", "1");
        lab.startOperator();
        lab.awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
    }

    @Test
    void aChainThatIsGoneWithTheObjectThatAssignedItGoesByTheGuardsOfRemovals() throws IOException {
        twoChainsOn(1, "1");

        awaitCrdRecorded();
        lab.stopOperator();
        client.resources(ChainObject.class).withName("fw").delete();
        client.resources(CgroupProgramNode.class).withName("n1").delete();
        lab.startOperator();

        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isPresent());
        assertThat(lab.assigned("n1", "fw").orElseThrow().retain())
                .as("nobody knows what its deletionPolicy was")
                .isTrue();
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isEmpty());
        assertThat(lab.assigned("n1", "other")).isPresent();
    }
}
