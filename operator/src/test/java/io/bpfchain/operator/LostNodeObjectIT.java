package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of the objects of nodes that somebody deletes or changes, against a real API server. */
class LostNodeObjectIT extends OneOperator {
    /** No kubelet writes these Nodes, and nobody else makes the operator look at one again. */
    @Test
    void anAssignmentThatSomebodyDropsIsGivenAgain() {
        firewallOn(1);
        await().atMost(SOON).until(() -> lab.isComplete("n1"));

        client.resources(CgroupProgramNode.class)
                .withName("n1")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"assignments\": []}}");

        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isPresent());
        assertThat(history.states())
                .as("negative control: it was away")
                .anyMatch(
                        s -> s.getSpec().complete() && s.getSpec().assignments().isEmpty());
    }

    @Test
    void theObjectOfANodeThatIsGoneGoesAfterItsTimeAndOneOfARecreatedNodeStays() {
        firewallOn(2, "2");

        client.nodes().withName("n1").delete();
        client.nodes().withName("n2").delete();
        lab.node("n2");
        await().atMost(SOON).until(() -> history.deleted().contains("n1"));
        lab.awaitReady("fw", 1);
        assertThat(history.deleted()).containsExactly("n1");
        assertThat(history.withoutAfterWith("fw")).isEmpty();
        String uid = client.nodes().withName("n2").get().getMetadata().getUid();
        assertThat(client.resources(CgroupProgramNode.class)
                        .withName("n2")
                        .get()
                        .getSpec()
                        .nodeUID())
                .isEqualTo(uid);
    }

    @Test
    void aLostObjectIsWrittenAgainWithAllThatTheNodeHad() {
        lab.nodes(1);
        bytes("v1");
        chain("80", "1");
        chain("other", "1", "2", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        client.resources(CgroupProgramNode.class).withName("n1").delete();
        await().atMost(SOON)
                .until(() -> history.deleted().contains("n1")
                        && lab.assigned("n1", "fw").isPresent());
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        List<CgroupProgramNode> states = history.states();
        String last = states.getLast().getMetadata().getUid();
        assertThat(states.stream().filter(s -> s.getMetadata().getUid().equals(last)))
                .allSatisfy(s -> assertThat(s.getSpec().complete()
                                && s.getSpec().assignments().size() < 2)
                        .isFalse());
    }

    @Test
    void aLostObjectTakesNothingOutThatOnlyTheNodeRemembers() throws IOException {
        lab.nodes(2);
        bytes("v1");
        chain("other", "1", "2", false, false);
        lab.awaitReady("other", 1);
        lab.agents().silence("n2");
        chain("80", "1");
        await().atMost(SOON).until(() -> lab.assigned("n2", "fw").isPresent());
        chain("fw", "80", "1", true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        Optional<Assignment> before = lab.assigned("n1", "fw");
        assertThat(before).as("the first rollout has begun and is not complete").isPresent();

        lab.stopOperator();
        client.resources(CgroupProgramNode.class).withName("n1").delete();
        lab.startOperator();

        await().atMost(SOON).until(() -> lab.isComplete("n1"));
        assertThat(lab.assigned("n1", "fw").map(Assignment::digest)).isEqualTo(before.map(Assignment::digest));
        assertThat(lab.assigned("n1", "other")).isPresent();
        assertThat(lab.agents().detached()).isEmpty();
    }
}
