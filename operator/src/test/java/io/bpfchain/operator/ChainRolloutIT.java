package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the operator brings revisions to nodes, against a real API server. */
class ChainRolloutIT extends OneOperator {
    @Test
    void newBytesAreANewRevisionThatReachesOneNodeAfterTheOther() {
        firewallOn(5);

        bytes("v2");
        lab.awaitReady("fw", 2);

        assertThat(history.mostInChange("fw", 1)).isEqualTo(1);
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(revisions()).hasSize(2);
    }

    @Test
    void theCountOfNodesInChangeSeesMoreThanOneWhereMoreAreAllowed() {
        firewallOn(5, "5");

        assertThat(history.mostInChange("fw", 1)).isGreaterThan(1);
    }

    @Test
    void aNodeThatRefusesStopsTheRolloutAndTheOthersKeepTheOldRevision() {
        firewallOn(4);
        lab.agents().refuse("n2");

        chain("443", "1");
        lab.awaitReason("fw", "Stalled", "RolloutStopped");

        assertThat(lab.status("fw").orElseThrow().failingNodes())
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.node()).isEqualTo("n2");
                    assertThat(f.reason()).isEqualTo("VerifierRefused");
                });
        lab.node("n0");
        await().atMost(SOON).until(() -> lab.assigned("n0", "fw").isPresent());
        assertThat(List.of("n0", "n1", "n2", "n3", "n4"))
                .extracting(n -> lab.assigned(n, "fw").orElseThrow().revision())
                .containsExactly(1L, 2L, 2L, 1L, 1L);
        String uid = client.resources(ChainObject.class).withName("fw").get().uid();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(events())
                        .filteredOn(e -> uid.equals(e.getRegarding().getUid()))
                        .extracting(Event::getReason)
                        .contains("RolloutStopped", "VerifierRefused"));
        assertThat(events())
                .filteredOn(e -> uid.equals(e.getRegarding().getUid()) && e.getRelated() != null)
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.getReason()).isEqualTo("VerifierRefused");
                    assertThat(e.getNote()).isEqualTo("Node n2, revision 2: R1 invalid mem access");
                    assertThat(e.getRelated().getName()).isEqualTo("n2");
                });
    }

    private List<Event> events() {
        return client.events().v1().events().inNamespace("default").list().getItems();
    }

    @Test
    void aPausedRolloutGoesOnWhenItIsResumed() {
        firewallOn(3);

        chain("fw", "443", "1", true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        assertThat(lab.assigned("n1", "fw").orElseThrow().revision()).isOne();

        chain("443", "1");
        lab.awaitReady("fw", 2);
    }

    @Test
    void aSuspendedChainIsLeftAloneUntilItIsNotSuspended() {
        firewallOn(2);

        chain("fw", "443", "1", false, true);
        lab.awaitReason("fw", "Ready", "Suspended");
        bytes("v2");
        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .until(() -> revisions().size() == 1
                        && lab.assigned("n1", "fw").orElseThrow().revision() == 1);

        chain("443", "1");
        lab.awaitReady("fw", 2);
    }

    @Test
    void aDrainedNodeIsLeftOutAndKeepsItsAssignmentsForTheTimeAfter() {
        firewallOn(2, "2");

        drain("n1", true);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.desired() == 1).isPresent());
        chain("443", "2");
        lab.awaitReady("fw", 2);
        assertThat(lab.assigned("n1", "fw").orElseThrow().revision()).isOne();
        CgroupProgramNode drained =
                client.resources(CgroupProgramNode.class).withName("n1").get();
        assertThat(drained.getSpec().drain()).isTrue();
        assertThat(drained.getStatus().drained()).isTrue();

        drain("n1", false);
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").orElseThrow().revision() == 2);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.ready() == 2).isPresent());
        assertThat(history.withoutAfterWith("fw")).isEmpty();
    }

    /** As kubectl bpfchain does. */
    private void drain(String node, boolean drain) {
        client.resources(CgroupProgramNode.class)
                .withName(node)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"drain\": " + (drain ? "true" : "null") + "}}");
    }

    @Test
    void aNodeThatIsNotReadyGetsNothingUntilItIs() {
        firewallOn(2, "2");
        lab.ready(client.nodes().withName("n2").get(), false);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.unreachable() == 1).isPresent());

        chain("443", "2");
        lab.awaitReady("fw", 2);
        assertThat(lab.assigned("n2", "fw").orElseThrow().revision()).isOne();
        lab.ready(client.nodes().withName("n2").get(), true);
        await().atMost(SOON).until(() -> lab.assigned("n2", "fw").orElseThrow().revision() == 2);
    }
}
