package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeSpecsTest {
    private static Assignment assignment(String chain, long revision) {
        return new Assignment(chain, revision, "sha256:" + "%064x".formatted(revision), false, List.of());
    }

    private static Optional<CgroupProgramNodeSpec> existing(boolean complete, Assignment... assignments) {
        return Optional.of(new CgroupProgramNodeSpec("uid", complete, List.of(assignments)));
    }

    private static Optional<CgroupProgramNodeSpec> next(
            Optional<CgroupProgramNodeSpec> existing, boolean answered, Assignment... decided) {
        Map<String, Assignment> byChain = new TreeMap<>();
        Arrays.stream(decided).forEach(a -> byChain.put(a.chain(), a));
        return NodeSpecs.next(existing, byChain, c -> c.equals("removed"), "uid", answered);
    }

    @Test
    void aDecisionChangesItsOwnAssignmentAndNoOther() {
        assertThat(next(existing(true, assignment("a", 1), assignment("b", 1)), false, assignment("b", 2)))
                .isEqualTo(existing(true, assignment("a", 1), assignment("b", 2)));
    }

    @Test
    void onlyARemovalThatWasLetThroughTakesAnAssignmentOut() {
        assertThat(next(existing(true, assignment("a", 1), assignment("removed", 1)), false))
                .isEqualTo(existing(true, assignment("a", 1)));
        assertThat(next(existing(true, assignment("removed", 1)), false))
                .as("the object stays, so that the agent learns it")
                .isEqualTo(existing(true));
    }

    @Test
    void aNodeWithoutAnythingGetsNoObject() {
        assertThat(next(Optional.empty(), false)).isEmpty();
    }

    @Test
    void aNewObjectIsCompleteOnceItsAgentHasToldWhatTheNodeKeepsAndStaysSo() {
        assertThat(next(Optional.empty(), false, assignment("a", 1))).isEqualTo(existing(false, assignment("a", 1)));
        assertThat(next(existing(false, assignment("a", 1)), false)).isEqualTo(existing(false, assignment("a", 1)));
        assertThat(next(existing(false, assignment("a", 1)), true, assignment("b", 1)))
                .isEqualTo(existing(true, assignment("a", 1), assignment("b", 1)));
        assertThat(next(existing(true, assignment("a", 1)), false)).isEqualTo(existing(true, assignment("a", 1)));
    }

    @Test
    void whetherANodeIsDrainedStaysAsAPersonSaid() {
        CgroupProgramNodeSpec drained = new CgroupProgramNodeSpec("uid", true, List.of(assignment("a", 1)), true);
        assertThat(next(Optional.of(drained), false, assignment("a", 2)))
                .contains(new CgroupProgramNodeSpec("uid", true, List.of(assignment("a", 2)), true));
    }

    @Test
    void anotherNodeUnderTheSameNameKeepsTheAssignments() {
        assertThat(NodeSpecs.next(existing(true, assignment("a", 1)), Map.of(), c -> false, "other", false))
                .contains(new CgroupProgramNodeSpec("other", true, List.of(assignment("a", 1))));
    }
}
