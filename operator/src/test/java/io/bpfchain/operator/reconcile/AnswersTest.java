package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final Assignment FW_1 = assignment("fw", 1);
    private static final Assignment FW_2 = assignment("fw", 2);
    private static final Assignment OTHER_1 = assignment("other", 1);
    private static final Assignment OTHER_2 = assignment("other", 2);

    private final Answers answers = new Answers();
    private int version;

    private static Assignment assignment(String chain, long revision) {
        return new Assignment(chain, revision, "sha256:" + "%064x".formatted(revision), false, List.of());
    }

    private static CgroupProgramNodeSpec spec(Assignment... assigned) {
        return new CgroupProgramNodeSpec("node-uid", true, List.of(assigned));
    }

    /** The next version of the object: assigns this, and reports on that. */
    private CgroupProgramNode object(CgroupProgramNodeSpec spec, CgroupProgramNodeSpec to, State fw) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(new ObjectMetaBuilder()
                .withName("n1")
                .withUid("o1")
                .withResourceVersion(Integer.toString(++version))
                .build());
        object.setSpec(spec);
        object.setStatus(new CgroupProgramNodeStatus(
                "o1",
                to.digest(),
                "1",
                "6.12",
                List.of(),
                to.assignments().stream()
                        .map(a -> report(a, a.chain().equals("fw") ? fw : State.Running))
                        .toList(),
                List.of(),
                0,
                ""));
        return object;
    }

    private static ChainReport report(Assignment of, State state) {
        return new ChainReport(of.chain(), of.revision(), of.digest(), state, of.digest(), 1, null, null);
    }

    private Stream<State> fw(CgroupProgramNode object) {
        return answers.of(object, FW_1).map(Answer::state).stream();
    }

    @Test
    void everyChainOfANewObjectSeesSomethingNewAndNoneTheSecondTime() {
        assertThat(answers.observe(object(spec(FW_1, OTHER_1), spec(FW_1, OTHER_1), State.Running)))
                .containsExactlyInAnyOrder("fw", "other");
        assertThat(answers.observe(object(spec(FW_1, OTHER_1), spec(FW_1, OTHER_1), State.Running)))
                .isEmpty();
    }

    @Test
    void anotherChainsChangeAndItsAnswerAreNoNews() {
        answers.observe(object(spec(FW_1, OTHER_1), spec(FW_1, OTHER_1), State.Running));

        assertThat(answers.observe(object(spec(FW_1, OTHER_2), spec(FW_1, OTHER_1), State.Running)))
                .containsExactly("other");
        assertThat(answers.observe(object(spec(FW_1, OTHER_2), spec(FW_1, OTHER_2), State.Running)))
                .containsExactly("other");
    }

    @Test
    void aFirstAnswerIsNewsAlsoWhereTheReportStaysTheSame() {
        answers.observe(object(spec(FW_1, OTHER_2), spec(FW_1, OTHER_1), State.Running));
        CgroupProgramNode unanswered = object(spec(FW_1, OTHER_2), spec(FW_1, OTHER_1), State.Running);
        assertThat(fw(unanswered)).as("nobody knows what the report was about").isEmpty();

        assertThat(answers.observe(object(spec(FW_1, OTHER_2), spec(FW_1, OTHER_2), State.Running)))
                .contains("fw");
    }

    @Test
    void anotherAnswerIsNewsAndTheLastOneCountsWhileAnotherChainChanges() {
        answers.observe(object(spec(FW_1), spec(FW_1), State.Failed));

        assertThat(answers.observe(object(spec(FW_1), spec(FW_1), State.Running)))
                .containsExactly("fw");
        assertThat(fw(object(spec(FW_1, OTHER_1), spec(FW_1), State.Running))).containsExactly(State.Running);
    }

    @Test
    void whoLooksAtAnOlderObjectLaterDoesNotBringItsAnswerBack() {
        CgroupProgramNode older = object(spec(FW_1), spec(FW_1), State.Failed);
        answers.observe(object(spec(FW_1), spec(FW_1), State.Running));

        assertThat(fw(older)).containsExactly(State.Failed);
        assertThat(fw(object(spec(FW_1, OTHER_1), spec(FW_1), State.Running))).containsExactly(State.Running);
    }

    @Test
    void anAnswerIsNoneToTheNextRevision() {
        answers.observe(object(spec(FW_1), spec(FW_1), State.Running));
        CgroupProgramNode next = object(spec(FW_2), spec(FW_1), State.Running);

        assertThat(answers.observe(next)).containsExactly("fw");
        assertThat(answers.of(next, FW_2)).isEmpty();
    }

    @Test
    void whatIsGoneIsNewsToTheChainsThatItWasAssigned() {
        answers.observe(object(spec(FW_1, OTHER_1), spec(FW_1, OTHER_1), State.Running));

        assertThat(answers.gone("n1")).containsExactlyInAnyOrder("fw", "other");
        assertThat(answers.gone("n1")).isEmpty();
    }
}
