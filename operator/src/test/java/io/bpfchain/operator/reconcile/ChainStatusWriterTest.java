package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.reconcile.ChainStatusWriter.Haste;
import io.bpfchain.operator.reconcile.ChainStatusWriter.Outcome;
import io.bpfchain.operator.rollout.Decision;
import io.bpfchain.operator.rollout.Decision.Counts;
import io.bpfchain.operator.rollout.Phase;
import io.bpfchain.operator.status.ChainStatuses;
import io.bpfchain.operator.status.Verdicts;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainStatusWriterTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final int NODES = 3;

    private final List<CgroupProgramChainStatus> written = new ArrayList<>();
    private final List<String> called = new ArrayList<>();
    private final ChainStatusWriter writer = new ChainStatusWriter((chain, status) -> written.add(status), called::add);
    private ChainStatusWriter writerOfOthers = writer;
    private final ChainObject chain = chain();

    private static ChainObject chain() {
        return chain("fw");
    }

    private static ChainObject chain(String name) {
        ChainObject chain = new ChainObject();
        chain.setMetadata(
                new ObjectMetaBuilder().withName(name).withUid("u-" + name).build());
        return chain;
    }

    private static CgroupProgramChainStatus status(Phase phase, int ready, long revision) {
        Decision decision = new Decision(
                phase, List.of(), new Counts(NODES, NODES, ready, 0, 0, 0, 0), List.of(), Optional.empty());
        RevisionStatus target =
                new RevisionStatus(revision, "fw-" + revision, "sha256:" + "0".repeat(64), revision, List.of());
        return ChainStatuses.of(
                revision,
                Optional.empty(),
                target,
                Optional.empty(),
                decision,
                Verdicts.of(decision, revision, 0, List.of()),
                NOW);
    }

    private static CgroupProgramChainStatus begun(int ready, long revision) {
        return status(Phase.Progressing, ready, revision);
    }

    private Outcome write(CgroupProgramChainStatus status, long millis) {
        return writer.write(chain, status, Haste.AFTER_NODES, NOW.plusMillis(millis));
    }

    @Test
    void aRolloutThatIsOverInAMomentIsToldByOneStatus() {
        CgroupProgramChainStatus over = status(Phase.Complete, NODES, 1);

        assertThat(write(begun(0, 1), 0)).isEqualTo(new Outcome.Later(Duration.ofSeconds(3)));
        assertThat(write(begun(1, 1), 100)).isEqualTo(new Outcome.Later(Duration.ofMillis(2900)));
        assertThat(write(over, 2900)).isEqualTo(new Outcome.Written(Optional.empty()));
        assertThat(written).containsExactly(over);
    }

    @Test
    void oneThatTakesLongerIsToldMeanwhileAndItsCountsTwiceASecond() {
        write(begun(0, 1), 0);

        assertThat(write(begun(0, 1), 3000)).isInstanceOf(Outcome.Written.class);
        assertThat(write(begun(1, 1), 3050)).isEqualTo(new Outcome.Later(Duration.ofMillis(450)));
        assertThat(write(begun(1, 1), 3500)).isInstanceOf(Outcome.Written.class);
        assertThat(written).containsExactly(begun(0, 1), begun(1, 1));
    }

    @Test
    void oneChangeAfterTheOtherDoesNotKeepTheStatusBack() {
        write(begun(0, 1), 0);
        write(begun(0, 2), 200);

        assertThat(write(begun(0, 3), 3000)).isInstanceOf(Outcome.Written.class);
    }

    @Test
    void theNextRolloutMayWaitAgain() {
        write(begun(0, 1), 0);
        write(status(Phase.Complete, NODES, 1), 100);

        assertThat(write(begun(0, 2), 5000)).isEqualTo(new Outcome.Later(Duration.ofSeconds(3)));
    }

    @Test
    void whatOnlyTheStatusSaysIsWrittenAtOnce() {
        assertThat(writer.write(chain, begun(0, 1), Haste.NOW, NOW)).isInstanceOf(Outcome.Written.class);
    }

    @Test
    void everythingElseIsWrittenAtOnce() {
        assertThat(write(status(Phase.Stopped, 1, 1), 0)).isInstanceOf(Outcome.Written.class);
        assertThat(write(status(Phase.Paused, 1, 1), 1)).isInstanceOf(Outcome.Written.class);
    }

    @Test
    void whoFindsNoRoomIsCalledInTurnWhenThereIsSome() {
        CgroupProgramChainStatus over = status(Phase.Complete, NODES, 1);
        List<Outcome> others = new ArrayList<>();
        ChainStatusWriter crowded = new ChainStatusWriter(
                (of, status) -> {
                    written.add(status);
                    // Others come while these two are being written.
                    if (of.name().equals("first")) {
                        nested(others, "second", over);
                    } else if (of.name().equals("second")) {
                        nested(others, "third", over);
                        nested(others, "fourth", over);
                        assertThat(called).isEmpty();
                    }
                },
                called::add);
        writerOfOthers = crowded;

        crowded.write(chain("first"), over, Haste.NOW, NOW);

        assertThat(others)
                .satisfiesExactly(
                        third -> assertThat(third).isInstanceOf(Outcome.Later.class),
                        fourth -> assertThat(fourth).isInstanceOf(Outcome.Later.class),
                        second -> assertThat(second).isInstanceOf(Outcome.Written.class));
        assertThat(called).containsExactly("third", "fourth");
        assertThat(crowded.write(chain("third"), over, Haste.NOW, NOW)).isInstanceOf(Outcome.Written.class);
    }

    @Test
    void whoIsCalledAndHasNothingToWriteAnyMoreLetsTheNextOneIn() {
        CgroupProgramChainStatus over = status(Phase.Complete, NODES, 1);
        List<Outcome> others = new ArrayList<>();
        ChainStatusWriter crowded = new ChainStatusWriter(
                (of, status) -> {
                    if (of.name().equals("first")) {
                        nested(others, "second", over);
                    } else if (of.name().equals("second")) {
                        nested(others, "third", over);
                        nested(others, "fourth", over);
                        nested(others, "fifth", over);
                    }
                },
                called::add);
        writerOfOthers = crowded;
        crowded.write(chain("first"), over, Haste.NOW, NOW);
        called.clear();

        crowded.write(chain("third"), begun(0, 1), Haste.AFTER_NODES, NOW);

        assertThat(called).containsExactly("fifth");
    }

    private void nested(List<Outcome> outcomes, String name, CgroupProgramChainStatus status) {
        outcomes.add(writerOfOthers.write(chain(name), status, Haste.NOW, NOW));
    }

    @Test
    void whatIsThereIsNotWrittenAgain() {
        write(status(Phase.Complete, NODES, 1), 0);

        assertThat(write(status(Phase.Complete, NODES, 1), 1000)).isInstanceOf(Outcome.Unchanged.class);
    }
}
