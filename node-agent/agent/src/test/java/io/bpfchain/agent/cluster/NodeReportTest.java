package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Unclaimed;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.planner.Cgroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeReportTest {
    private static final Assignment ONE = new Assignment("one", 1, "sha256:" + "1".repeat(64), false, List.of());

    private static final NodeMemory MEMORY = memory(false, Map.of("one", ONE), Set.of());

    private static NodeMemory memory(boolean drain, Map<String, Assignment> assigned, Set<String> released) {
        return new NodeMemory(
                "cluster",
                "machine",
                "uid",
                1,
                new CgroupProgramNodeSpec("node", true, List.of(ONE), drain),
                assigned,
                Set.of(),
                released,
                Map.of());
    }

    private static ChainStatus chain(String name, String manager) {
        return FakeMachine.running(name, manager, List.of(new Cgroup(7, "/svc")));
    }

    /** As many chains as a node shall have, with messages as long as verifiers' and lists as long as the kernel's. */
    @Test
    void aReportStaysUnderSixtyFourKibibytes() throws JsonProcessingException {
        Map<String, Kept> kept = new TreeMap<>();
        List<ChainStatus> statuses = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String name = "chain-%02d-of-a-team-with-a-long-name-in-this-cluster".formatted(i);
            Assignment assignment = new Assignment(name, 1, ONE.digest(), false, List.of());
            kept.put(
                    name,
                    Kept.fresh(assignment, Optional.empty(), Instant.EPOCH)
                            .unwell(
                                    new Verdict.Refused("VerifierRefused", "R1 invalid ".repeat(2_000)),
                                    Instant.EPOCH));
            statuses.add(chain(name, MEMORY.manager()));
        }

        CgroupProgramNodeStatus report = NodeReport.of(
                new NodeReport.Agent("1", "6.12", List.of(), Set.of()),
                MEMORY,
                kept,
                Map.of(),
                statuses,
                new Draining.NotAsked(),
                Instant.EPOCH);

        assertThat(new ObjectMapper().writeValueAsBytes(report).length).isBetween(16 << 10, 64 << 10);
        assertThat(report.chains())
                .hasSize(64)
                .allMatch(c -> String.valueOf(c.message()).length() > 200);
    }

    @Test
    void aMessageAloneIsToldAtLength() {
        Kept kept = Kept.fresh(ONE, Optional.empty(), Instant.EPOCH)
                .unwell(new Verdict.Refused("VerifierRefused", "R1 invalid ".repeat(2_000)), Instant.EPOCH);
        CgroupProgramNodeStatus report = NodeReport.of(
                new NodeReport.Agent("1", "6.12", List.of(), Set.of()),
                MEMORY,
                Map.of("one", kept),
                Map.of(),
                List.of(),
                new Draining.NotAsked(),
                Instant.EPOCH);
        assertThat(report.chains().getFirst().message()).hasSize(4_096).endsWith("...");
    }

    private static CgroupProgramNodeStatus report(
            NodeMemory memory, Map<String, Verdict.Unwell> stuck, ChainStatus... statuses) {
        return report(memory, stuck, List.of(), statuses);
    }

    private static CgroupProgramNodeStatus report(
            NodeMemory memory, Map<String, Verdict.Unwell> stuck, List<Unclaimed> unclaimed, ChainStatus... statuses) {
        return NodeReport.of(
                new NodeReport.Agent("1", "6.12", List.of(), Set.of()),
                memory,
                Map.of(),
                stuck,
                List.of(statuses),
                Draining.of(memory, stuck, List.of(statuses), () -> unclaimed),
                Instant.EPOCH);
    }

    @Test
    void aNodeIsDrainedWhenNothingOfItsClusterIsLeftInItsKernel() {
        NodeMemory drained = memory(true, Map.of(), Set.of("released"));
        assertThat(report(drained, Map.of()).drained()).isTrue();
        assertThat(report(drained, Map.of(), chain("other", "apply")).drained()).isTrue();
        assertThat(report(drained, Map.of(), chain("released", drained.manager()))
                        .drained())
                .isTrue();
        assertThat(report(drained, Map.of(), chain("stray", drained.manager())).drained())
                .isFalse();
        assertThat(report(memory(false, Map.of(), Set.of()), Map.of()).drained())
                .isFalse();
    }

    @Test
    void aNodeIsNotDrainedWhileItsKernelListsProgramsThatNothingIsKnownOf() {
        NodeMemory nothing = memory(true, Map.of(), Set.of());
        Unclaimed lost = new Unclaimed("/svc", "cgroup_inet_egress", "fw", "block", 7);
        CgroupProgramNodeStatus report = report(nothing, Map.of(), List.of(lost));
        assertThat(report.drained()).isFalse();
        assertThat(report.drainMessage())
                .startsWith("1 program of chains that this agent knows nothing of is attached:"
                        + " fw/block at /svc [cgroup_inet_egress].");
        assertThat(report(nothing, Map.of(), Collections.nCopies(12, lost)).drainMessage())
                .startsWith("12 programs ")
                .contains(" and 2 more.")
                .hasSizeLessThan(4_097);
        assertThat(report(memory(false, Map.of(), Set.of()), Map.of(), List.of(lost))
                        .drainMessage())
                .isNull();
    }

    @Test
    void aChainOfAnEarlierMemoryThatCouldNotBeTakenOutIsSaid() {
        NodeMemory memory = memory(true, Map.of(), Set.of());
        CgroupProgramNodeStatus report = report(
                memory,
                Map.of("stray", new Verdict.Failed("Busy", "somebody holds it")),
                chain("going", memory.manager()),
                chain("stray", memory.manager()));
        assertThat(report.chains()).isEmpty();
        assertThat(report.drainMessage())
                .isEqualTo(
                        "Chain going is being taken out. Chain stray could not be taken out (Busy): somebody holds it");
    }

    @Test
    void aChainThatCouldNotBeTakenOutIsReportedWithTheReason() {
        NodeMemory memory = memory(true, Map.of("one", ONE), Set.of());
        CgroupProgramNodeStatus report = report(
                memory, Map.of("one", new Verdict.Failed("Busy", "somebody holds it")), chain("one", memory.manager()));
        assertThat(report.drained()).isFalse();
        assertThat(report.chains()).singleElement().satisfies(c -> {
            assertThat(c.state()).isEqualTo(State.Failed);
            assertThat(c.reason()).isEqualTo("Busy");
            assertThat(c.cgroups()).isOne();
        });
    }
}
