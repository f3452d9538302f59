package io.bpfchain.agent.fleet;

import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a node shall run and what its agent last reported: its CgroupProgramNode.
 *
 * @param uid of the object
 * @param status empty where no agent has reported
 */
public record FleetNode(String name, String uid, CgroupProgramNodeSpec spec, Optional<CgroupProgramNodeStatus> status) {
    public FleetNode {
        Objects.requireNonNull(name);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(spec);
        Objects.requireNonNull(status);
    }

    /** Whether the report is about the object as it is. */
    public boolean isAnswered() {
        return status.filter(s -> s.answers(uid, spec)).isPresent();
    }

    /** Whether the node is to be drained. */
    public boolean isDraining() {
        return spec.drain();
    }

    /** Whether it is, and its agent has read from the kernel that nothing is left. */
    public boolean isDrained() {
        return isDraining()
                && isAnswered()
                && status.filter(CgroupProgramNodeStatus::drained).isPresent();
    }

    /** The same node, of which nothing is known any more. */
    public FleetNode unanswered() {
        return new FleetNode(name, uid, spec, Optional.empty());
    }

    public Optional<Assignment> assignment(String chain) {
        return spec.assignments().stream().filter(a -> a.chain().equals(chain)).findFirst();
    }

    /** What was last reported of a chain, whichever revision it was about. */
    public Optional<ChainReport> report(String chain) {
        return status.stream()
                .flatMap(s -> s.chains().stream())
                .filter(r -> r.chain().equals(chain))
                .findFirst();
    }

    /** When the agent last reported; it reports when something changes. */
    public Optional<Instant> reportedAt() {
        try {
            return status.map(CgroupProgramNodeStatus::reportedAt)
                    .filter(at -> !at.isEmpty())
                    .map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
