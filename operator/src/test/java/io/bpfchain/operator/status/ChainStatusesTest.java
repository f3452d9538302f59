package io.bpfchain.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Condition.Status;
import io.bpfchain.operator.rollout.Decision;
import io.bpfchain.operator.rollout.Decision.Counts;
import io.bpfchain.operator.rollout.Decision.Refusal;
import io.bpfchain.operator.rollout.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChainStatusesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final RevisionStatus TARGET =
            new RevisionStatus(2L, "chain-0123456789", "sha256:" + "0".repeat(64), 3L, List.of());

    private static Decision decision(Phase phase, Counts counts, List<Refusal> refusals) {
        return new Decision(phase, List.of(), counts, refusals, Optional.empty());
    }

    private static CgroupProgramChainStatus status(
            Phase phase, Optional<CgroupProgramChainStatus> before, Instant now) {
        List<Refusal> refusals = IntStream.range(0, 7)
                .mapToObj(i -> new Refusal("n" + i, "VerifierRefused", "R1 invalid mem access"))
                .toList();
        Decision decision = decision(phase, new Counts(43, 42, 30, 7, 1, 0, 1), refusals);
        return ChainStatuses.of(
                3, before, TARGET, Optional.empty(), decision, Verdicts.of(decision, 2, 0, List.of()), now);
    }

    @ParameterizedTest
    @CsvSource({
        "Complete, True, , RolloutComplete",
        "CompleteWithRefusals, False, Stalled, NodesRefused",
        "Silent, False, Reconciling, NodesSilent",
        "Progressing, False, Reconciling, Progressing",
        "Paused, False, Reconciling, Paused",
        "Stopped, False, Stalled, RolloutStopped",
        "Suspended, False, , Suspended",
        "Unreachable, Unknown, Reconciling, NodesUnreachable"
    })
    void everyPhaseHasItsConditions(Phase phase, Status ready, String other, String reason) {
        List<Condition> conditions = status(phase, Optional.empty(), NOW).conditions();

        assertThat(conditions.getFirst().type()).isEqualTo("Ready");
        assertThat(conditions.getFirst().status()).isEqualTo(ready);
        assertThat(conditions).allSatisfy(c -> {
            assertThat(c.reason()).isEqualTo(reason);
            assertThat(c.message()).matches("[A-Z].*[.]");
            assertThat(c.observedGeneration()).isEqualTo(3);
        });
        assertThat(conditions.stream().skip(1))
                .allSatisfy(c -> assertThat(c.status()).isEqualTo(Status.True))
                .extracting(Condition::type)
                .isEqualTo(other == null ? List.of() : List.of(other));
    }

    @Test
    void aConditionThatKeepsItsStatusKeepsItsTime() {
        CgroupProgramChainStatus first = status(Phase.Progressing, Optional.empty(), NOW);
        CgroupProgramChainStatus second = status(Phase.Paused, Optional.of(first), NOW.plusSeconds(60));
        CgroupProgramChainStatus third = status(Phase.Complete, Optional.of(second), NOW.plusSeconds(120));

        assertThat(second.conditions()).allSatisfy(c -> {
            assertThat(c.reason()).isEqualTo("Paused");
            assertThat(c.lastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
        });
        assertThat(third.conditions())
                .singleElement()
                .extracting(Condition::lastTransitionTime)
                .isEqualTo("2026-01-01T12:02:00Z");
    }

    @Test
    void atMostFiveFailingNodesAreNamed() {
        CgroupProgramChainStatus status = status(Phase.Stopped, Optional.empty(), NOW);

        assertThat(status.failingNodes()).hasSize(5);
        assertThat(status.failed()).isEqualTo(7);
        assertThat(status.nodes()).isEqualTo("30/43");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void theSameFactsGiveTheSameStatus(Phase phase) {
        CgroupProgramChainStatus first = status(phase, Optional.empty(), NOW);

        assertThat(status(phase, Optional.of(first), NOW.plusSeconds(5))).isEqualTo(first);
    }

    @Test
    void anInvalidSpecLeavesWhatWasRolledOutInTheStatus() {
        CgroupProgramChainStatus before = status(Phase.Progressing, Optional.empty(), NOW);

        CgroupProgramChainStatus status =
                ChainStatuses.undecided(4, Optional.of(before), Verdict.invalidSpec("No."), NOW);

        assertThat(status.target()).isEqualTo(TARGET);
        assertThat(status.observedGeneration()).isEqualTo(4);
        assertThat(status.conditions()).extracting(Condition::type).containsExactly("Ready", "Stalled");
    }

    @Test
    void aSuspendedChainThatRunsEverywhereIsReady() {
        Decision decision = decision(Phase.Suspended, new Counts(3, 3, 2, 0, 1, 0, 0), List.of());

        assertThat(Verdicts.of(decision, 1, 0, List.of()).ready()).isEqualTo(Status.True);
    }

    @Test
    void aSuspendedChainOfWhichNobodyKnowsWhetherItRunsIsNotReady() {
        Decision decision = decision(Phase.Suspended, new Counts(3, 3, 2, 0, 0, 1, 0), List.of());

        assertThat(Verdicts.of(decision, 1, 0, List.of()).ready()).isEqualTo(Status.False);
    }

    @Test
    void silentNodesCountAsUnreachableInTheStatus() {
        Decision decision = decision(Phase.Silent, new Counts(4, 4, 1, 0, 1, 2, 0), List.of());
        Verdict verdict = Verdicts.of(decision, 2, 0, List.of());

        assertThat(ChainStatuses.of(3, Optional.empty(), TARGET, Optional.empty(), decision, verdict, NOW)
                        .unreachable())
                .isEqualTo(3);
        assertThat(verdict.message())
                .isEqualTo(
                        "Revision 2 runs on 1 of 4 nodes; 1 cannot be reached; whether it runs on 2 more that are Ready is not known,"
                                + " because their agents are silent for longer than nodeTimeout.");
    }

    @Test
    void aSourceThatIsLostIsTold() {
        Decision decision = decision(Phase.Complete, new Counts(1, 1, 1, 0, 0, 0, 0), List.of());

        assertThat(Verdicts.of(decision, 1, 0, List.of("There is no ConfigMap a/b key c"))
                        .message())
                .isEqualTo(
                        "Revision 1 runs on 1 of 1 nodes. There is no ConfigMap a/b key c; the bytes that were read from it"
                                + " stay in use.");
    }
}
