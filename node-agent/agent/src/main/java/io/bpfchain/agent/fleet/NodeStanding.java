package io.bpfchain.agent.fleet;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import java.util.Objects;
import java.util.Optional;

/** Where a chain stands on a node, as far as the node's object tells. */
public record NodeStanding(FleetNode node, State state, Optional<Assignment> assignment, Optional<ChainReport> report) {
    public NodeStanding {
        Objects.requireNonNull(node);
        Objects.requireNonNull(state);
        Objects.requireNonNull(assignment);
        Objects.requireNonNull(report);
    }

    /** In one word. */
    public enum State {
        /** Attached at every selected cgroup and read back. */
        Running,
        /** Refused; what ran before runs on. */
        Refused,
        /** Begun and not finished; the agent tries again. */
        Failed,
        /** Assigned, and the agent has not answered yet. */
        Pending,
        /** No longer assigned, and not known to be gone. */
        Leaving,
        /** The node is to be drained, and the chain is not known to be gone. */
        Draining,
        /** The node is drained. */
        Drained
    }

    /** Empty where the node has nothing to do with the chain. */
    public static Optional<NodeStanding> of(String chain, FleetNode node) {
        Optional<Assignment> assignment = node.assignment(chain);
        Optional<ChainReport> report = node.report(chain);
        return assignment.isEmpty() && report.isEmpty()
                ? Optional.empty()
                : Optional.of(new NodeStanding(node, state(node, assignment, report), assignment, report));
    }

    private static State state(FleetNode node, Optional<Assignment> assignment, Optional<ChainReport> report) {
        if (node.isDraining()) {
            return node.isDrained() ? State.Drained : State.Draining;
        }
        if (assignment.isEmpty()) {
            return State.Leaving;
        }
        return report.filter(r -> node.isAnswered() && r.isAbout(assignment.get()))
                .map(r -> switch (r.state()) {
                    case Running -> State.Running;
                    case Refused -> State.Refused;
                    case Failed -> State.Failed;
                })
                .orElse(State.Pending);
    }

    /** The digest of what the kernel was last reported to run. */
    public Optional<String> runs() {
        return report.flatMap(r -> Optional.ofNullable(r.runs()));
    }
}
