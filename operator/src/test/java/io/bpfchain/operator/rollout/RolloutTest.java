package io.bpfchain.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.RolloutSpec;
import io.bpfchain.operator.rollout.Decision.Begin;
import io.bpfchain.operator.rollout.Decision.Refusal;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));
    private static final Assignment OLD = assignment(1, 'a');
    private static final Assignment NEW = assignment(2, 'b');
    private static final Targets UPDATE = new Targets(NEW, Optional.of(OLD));
    private static final Targets FIRST = new Targets(NEW, Optional.empty());
    private static final Targets DONE = new Targets(NEW, Optional.of(NEW));

    private static Assignment assignment(long revision, char digit) {
        return new Assignment(
                "chain", revision, "sha256:" + String.valueOf(digit).repeat(64), false, List.of());
    }

    private static RolloutSpec spec(String maxConcurrent, int maxFailed) {
        return new RolloutSpec(maxConcurrent, maxFailed, "5m", false);
    }

    private static RolloutSpec paused(String maxConcurrent) {
        return new RolloutSpec(maxConcurrent, 0, "5m", true);
    }

    private static NodeView node(String name, Optional<Given> given) {
        return new NodeView(name, true, LONG_AGO, LONG_AGO, given);
    }

    private static NodeView empty(String name) {
        return node(name, Optional.empty());
    }

    private static NodeView given(String name, Assignment assignment, Instant at) {
        return node(name, Optional.of(new Given(assignment, at, Optional.empty())));
    }

    private static NodeView changing(String name) {
        return given(name, NEW, NOW.minusSeconds(1));
    }

    private static NodeView answered(String name, Assignment assignment, State state) {
        Answer answer = new Answer(state, state + "Reason", "because of " + state);
        return node(name, Optional.of(new Given(assignment, LONG_AGO, Optional.of(answer))));
    }

    private static NodeView runs(String name, Assignment assignment) {
        return answered(name, assignment, State.Running);
    }

    private static NodeView notReady(NodeView node, Instant since) {
        return new NodeView(node.name(), false, since, node.joined(), node.given());
    }

    private static NodeView joined(NodeView node, Instant at) {
        return new NodeView(node.name(), node.ready(), node.readinessSince(), at, node.given());
    }

    private static Decision decide(RolloutSpec spec, Targets targets, NodeView... nodes) {
        return Rollout.decide(spec, false, targets, List.of(nodes), NOW);
    }

    private static List<Begin> begin(Assignment assignment, String... nodes) {
        return Arrays.stream(nodes).map(n -> new Begin(n, assignment)).toList();
    }

    @Test
    void nodesBeginInTheOrderOfTheirNamesUpToThePlaces() {
        Decision decision = decide(spec("2", 0), UPDATE, runs("c", OLD), runs("a", OLD), runs("b", OLD));

        assertThat(decision.begin()).isEqualTo(begin(NEW, "a", "b"));
        assertThat(decision.phase()).isEqualTo(Phase.Progressing);
        assertThat(decision.counts()).isEqualTo(new Decision.Counts(3, 0, 0, 0, 0, 0, 3));
    }

    @Test
    void aNodeInChangeHoldsAPlace() {
        assertThat(decide(spec("1", 0), UPDATE, changing("a"), runs("b", OLD)).begin())
                .isEmpty();
        assertThat(decide(spec("1", 0), UPDATE, runs("a", NEW), runs("b", OLD)).begin())
                .isEqualTo(begin(NEW, "b"));
    }

    @ParameterizedTest
    @CsvSource({"10%, 1", "20%, 2", "15%, 2", "1%, 1", "100%, 10", "3, 3", "200, 10"})
    void percentagesAreOfTheSelectedNodesRoundedUp(String maxConcurrent, int begin) {
        NodeView[] nodes = new NodeView[10];
        Arrays.setAll(nodes, i -> runs("n" + i, OLD));

        assertThat(decide(spec(maxConcurrent, 0), UPDATE, nodes).begin()).hasSize(begin);
    }

    @Test
    void aTargetThatChangesUnderwayTakesNodesInChangeAlongInTheirPlaces() {
        Assignment newer = assignment(3, 'c');
        Targets targets = new Targets(newer, Optional.of(OLD));

        assertThat(decide(spec("1", 0), targets, runs("a", OLD), changing("b")).begin())
                .isEqualTo(begin(newer, "b"));
    }

    @Test
    void anAnswerToTheSameContentUnderAnEarlierNumberIsNoAnswer() {
        Assignment again = assignment(3, 'b');

        Decision decision = decide(spec("1", 0), new Targets(again, Optional.of(OLD)), runs("a", NEW));

        assertThat(decision.begin()).isEqualTo(begin(again, "a"));
        assertThat(decision.counts().ready()).isZero();
    }

    @Test
    void aRefusalStopsTheRolloutAndTheOthersKeepWhatTheyRun() {
        Decision decision =
                decide(spec("1", 0), UPDATE, answered("a", NEW, State.Refused), runs("b", OLD), runs("c", NEW));

        assertThat(decision.phase()).isEqualTo(Phase.Stopped);
        assertThat(decision.begin()).isEmpty();
        assertThat(decision.refusals()).containsExactly(new Refusal("a", "RefusedReason", "because of Refused"));
        assertThat(decision.counts()).isEqualTo(new Decision.Counts(3, 2, 1, 1, 0, 0, 1));
    }

    @Test
    void refusalsUpToMaxFailedAreBorneWithAndFreeTheirPlaces() {
        NodeView refused = answered("a", NEW, State.Refused);

        assertThat(decide(spec("1", 1), UPDATE, refused, runs("b", OLD)).begin())
                .isEqualTo(begin(NEW, "b"));
        assertThat(decide(spec("1", 1), UPDATE, refused, runs("b", NEW)).phase())
                .isEqualTo(Phase.CompleteWithRefusals);
        assertThat(decide(spec("1", 1), UPDATE, refused, answered("b", NEW, State.Refused))
                        .phase())
                .isEqualTo(Phase.Stopped);
    }

    @Test
    void aRefusalOfAnEarlierRevisionDoesNotStopTheNextOne() {
        assertThat(decide(spec("1", 0), UPDATE, answered("a", OLD, State.Refused))
                        .begin())
                .isEqualTo(begin(NEW, "a"));
    }

    @Test
    void aNodeThatTriesAgainHoldsItsPlaceAndCountsAsFailedWhenItsTimeIsOver() {
        Answer trying = new Answer(State.Failed, "RegistryUnreachable", "no route");
        NodeView recent = node("a", Optional.of(new Given(NEW, NOW.minusSeconds(299), Optional.of(trying))));
        NodeView overdue = node("a", Optional.of(new Given(NEW, NOW.minusSeconds(300), Optional.of(trying))));

        assertThat(decide(spec("1", 0), UPDATE, recent, runs("b", OLD)).begin()).isEmpty();
        assertThat(decide(spec("1", 0), UPDATE, overdue, runs("b", OLD)).phase())
                .isEqualTo(Phase.Stopped);
        assertThat(decide(spec("1", 1), UPDATE, overdue, runs("b", OLD)).begin())
                .isEqualTo(begin(NEW, "b"));
    }

    @Test
    void aNotReadyNodeGetsNothingAndTakesNoPlace() {
        Decision decision = decide(
                spec("1", 0),
                UPDATE,
                notReady(runs("a", OLD), LONG_AGO),
                notReady(empty("b"), LONG_AGO),
                runs("c", OLD));

        assertThat(decision.begin()).isEqualTo(begin(NEW, "c"));
        assertThat(decision.counts().unreachable()).isEqualTo(2);
    }

    @Test
    void aNodeThatBecomesNotReadyInChangeHoldsItsPlaceForTheTimeoutAndIsThenUnreachable() {
        NodeView holding = notReady(given("a", NEW, LONG_AGO), NOW.minusSeconds(299));
        NodeView overdue = notReady(given("a", NEW, LONG_AGO), NOW.minusSeconds(300));

        Decision held = decide(spec("1", 0), UPDATE, holding, runs("b", OLD));
        assertThat(held.begin()).isEmpty();
        assertThat(held.counts().unreachable()).isZero();
        assertThat(held.lookAgain()).contains(NOW.plusSeconds(1));

        Decision freed = decide(spec("1", 0), UPDATE, overdue, runs("b", OLD));
        assertThat(freed.begin()).isEqualTo(begin(NEW, "b"));
        assertThat(freed.counts().unreachable()).isOne();
        assertThat(freed.counts().failed()).isZero();
    }

    @Test
    void aNodeThatReturnsTakesItsPlaceAgain() {
        NodeView back = new NodeView(
                "a", true, NOW.minusSeconds(5), LONG_AGO, Optional.of(new Given(NEW, LONG_AGO, Optional.empty())));

        assertThat(decide(spec("1", 0), UPDATE, back, runs("b", OLD)).begin()).isEmpty();
    }

    @Test
    void aReadyNodeWhoseAgentIsSilentFreesItsPlaceAfterTheTimeout() {
        Decision decision = decide(spec("1", 0), UPDATE, given("a", NEW, LONG_AGO), runs("b", OLD));

        assertThat(decision.begin()).isEqualTo(begin(NEW, "b"));
        assertThat(decision.counts().silent()).isOne();
        assertThat(decision.counts().unreachable()).isZero();
        assertThat(decision.counts().failed()).isZero();
    }

    @Test
    void aRolloutIsNotCompleteWhileAgentsOfReadyNodesAreSilent() {
        NodeView silent = given("a", NEW, LONG_AGO);

        assertThat(decide(spec("1", 0), UPDATE, silent, runs("b", NEW)).phase()).isEqualTo(Phase.Silent);
        assertThat(decide(spec("1", 0), UPDATE, notReady(silent, LONG_AGO), runs("b", NEW))
                        .phase())
                .isEqualTo(Phase.Complete);
        assertThat(decide(spec("1", 0), UPDATE, silent).phase()).isEqualTo(Phase.Unreachable);
    }

    @Test
    void aNodeWithoutRoomIsGivenNothingAndIsSaidToBeFull() {
        NodeView full = new NodeView("a", true, LONG_AGO, LONG_AGO, Optional.empty(), true);

        Decision decision = decide(spec("2", 1), UPDATE, full, runs("b", OLD));

        assertThat(decision.begin()).isEqualTo(begin(NEW, "b"));
        assertThat(decision.refusals()).extracting(Refusal::reason).containsExactly("NodeFull");
        assertThat(decision.lookAgain()).as("nobody tells when there is room").isPresent();
        assertThat(decide(spec("2", 0), UPDATE, full, runs("b", OLD)).phase()).isEqualTo(Phase.Stopped);
    }

    @Test
    void aPausedRolloutBeginsNothingAndNewNodesGetTheCurrentRevision() {
        Decision decision = decide(paused("5"), UPDATE, runs("a", OLD), changing("b"), empty("c"));

        assertThat(decision.phase()).isEqualTo(Phase.Paused);
        assertThat(decision.begin()).isEqualTo(begin(OLD, "c"));
    }

    @Test
    void aStoppedRolloutGivesNewNodesTheCurrentRevision() {
        Decision decision = decide(spec("5", 0), UPDATE, answered("a", NEW, State.Refused), empty("b"));

        assertThat(decision.begin()).isEqualTo(begin(OLD, "b"));
    }

    @Test
    void aPausedChainThatIsCompleteStillServesNewNodes() {
        assertThat(decide(paused("1"), DONE, runs("a", NEW), empty("b")).begin())
                .isEqualTo(begin(NEW, "b"));
    }

    @Test
    void aPausedFirstRolloutGivesNothing() {
        assertThat(decide(paused("1"), FIRST, empty("a")).begin()).isEmpty();
    }

    @Test
    void aNewNodeThatFindsNoPlaceRunsTheCurrentRevisionMeanwhile() {
        Decision decision = decide(spec("1", 0), UPDATE, changing("a"), empty("b"));

        assertThat(decision.begin()).isEqualTo(begin(OLD, "b"));
    }

    @Test
    void theFirstRolloutGoesByPlacesToo() {
        assertThat(decide(spec("2", 0), FIRST, empty("a"), empty("b"), empty("c"))
                        .begin())
                .isEqualTo(begin(NEW, "a", "b"));
    }

    @Test
    void aSuspendedChainOnlyCounts() {
        Decision decision =
                Rollout.decide(spec("5", 0), true, UPDATE, List.of(runs("a", OLD), empty("b"), runs("c", NEW)), NOW);

        assertThat(decision.phase()).isEqualTo(Phase.Suspended);
        assertThat(decision.begin()).isEmpty();
        assertThat(decision.counts().ready()).isOne();
    }

    @Test
    void unreachableNodesDoNotKeepARolloutFromBeingComplete() {
        Decision decision = decide(spec("1", 0), UPDATE, runs("a", NEW), notReady(runs("b", OLD), LONG_AGO));

        assertThat(decision.phase()).isEqualTo(Phase.Complete);
    }

    @Test
    void aRolloutThatReachedNobodyIsNotComplete() {
        assertThat(decide(spec("1", 0), UPDATE, notReady(runs("a", NEW), LONG_AGO))
                        .phase())
                .isEqualTo(Phase.Unreachable);
    }

    @Test
    void aChainThatSelectsNoNodeIsComplete() {
        assertThat(decide(spec("1", 0), FIRST).phase()).isEqualTo(Phase.Complete);
    }

    @Test
    void aNodeThatJoinsACompletedRolloutLeavesItCompleteForAMinute() {
        NodeView fresh = joined(empty("b"), NOW.minusSeconds(59));
        NodeView late = joined(empty("b"), NOW.minusSeconds(60));

        Decision decision = decide(spec("1", 0), DONE, runs("a", NEW), fresh);
        assertThat(decision.phase()).isEqualTo(Phase.Complete);
        assertThat(decision.begin()).isEqualTo(begin(NEW, "b"));
        assertThat(decision.lookAgain()).contains(NOW.plusSeconds(1));
        assertThat(decide(spec("1", 0), DONE, runs("a", NEW), late).phase()).isEqualTo(Phase.Progressing);
        assertThat(decide(spec("1", 0), UPDATE, runs("a", NEW), fresh).phase())
                .as("in mid-rollout a new node counts like any other")
                .isEqualTo(Phase.Progressing);
    }
}
