package io.bpfchain.operator.status;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.FailingNode;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.Condition;
import io.bpfchain.operator.rollout.Decision;
import io.bpfchain.operator.rollout.Decision.Counts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Builds the status of a chain from scratch; of the status before only times and revisions are taken. */
public final class ChainStatuses {
    private static final int MOST_FAILING = 5;
    private static final int LONGEST_MESSAGE = 1024;

    private ChainStatuses() {}

    /** The status of a chain whose rollout was decided on. */
    public static CgroupProgramChainStatus of(
            long generation,
            Optional<CgroupProgramChainStatus> before,
            RevisionStatus target,
            Optional<RevisionStatus> current,
            Decision decision,
            Verdict verdict,
            Instant now) {
        Counts counts = decision.counts();
        List<FailingNode> failing = decision.refusals().stream()
                .limit(MOST_FAILING)
                .map(r -> new FailingNode(r.node(), r.reason(), shortened(r.message())))
                .toList();
        return new CgroupProgramChainStatus(
                generation,
                Conditions.of(verdict, conditions(before), generation, now),
                current.orElse(null),
                target,
                counts.desired(),
                counts.updated(),
                counts.ready(),
                counts.failed(),
                counts.unknown(),
                counts.ready() + "/" + counts.desired(),
                failing);
    }

    /** The status of a chain for which nothing can be decided; what was rolled out stays as it is and stays told. */
    public static CgroupProgramChainStatus undecided(
            long generation, Optional<CgroupProgramChainStatus> before, Verdict verdict, Instant now) {
        return new CgroupProgramChainStatus(
                generation,
                Conditions.of(verdict, conditions(before), generation, now),
                before.map(CgroupProgramChainStatus::current).orElse(null),
                before.map(CgroupProgramChainStatus::target).orElse(null),
                before.map(CgroupProgramChainStatus::desired).orElse(0),
                before.map(CgroupProgramChainStatus::updated).orElse(0),
                before.map(CgroupProgramChainStatus::ready).orElse(0),
                before.map(CgroupProgramChainStatus::failed).orElse(0),
                before.map(CgroupProgramChainStatus::unreachable).orElse(0),
                before.map(CgroupProgramChainStatus::nodes).orElse("0/0"),
                before.map(CgroupProgramChainStatus::failingNodes).orElse(List.of()));
    }

    private static List<Condition> conditions(Optional<CgroupProgramChainStatus> before) {
        return before.map(CgroupProgramChainStatus::conditions).orElse(List.of());
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 3) + "...";
    }
}
