package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeReportsTest {
    private static CgroupProgramNode object(boolean drain, String statusOf, boolean drained, @Nullable String message) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(new ObjectMetaBuilder().withName("n1").withUid("o1").build());
        object.setSpec(new CgroupProgramNodeSpec("node-uid", true, List.of(), drain));
        object.setStatus(new CgroupProgramNodeStatus(
                statusOf, "sha256:0", "1", "6.12", List.of(), List.of(), List.of(), 0, "", drained, message));
        return object;
    }

    @Test
    void anAgentHasToldWhatItsNodeKeepsWhenItsReportIsAboutThisVeryObject() {
        assertThat(NodeReports.isFollowed(object(false, "o1", false, null))).isTrue();
        assertThat(NodeReports.isFollowed(object(false, "o0", false, null))).isFalse();
    }

    @Test
    void whatWasReportedOfANodeThatWasDrainedSaysNothingAfterwards() {
        assertThat(NodeReports.isFollowed(object(true, "o1", false, null))).isFalse();
        assertThat(NodeReports.isFollowed(object(false, "o1", true, null))).isFalse();
        assertThat(NodeReports.isFollowed(object(false, "o1", false, "Chain fw is being taken out.")))
                .isFalse();
    }
}
