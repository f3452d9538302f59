package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.operator.rollout.NodeView.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Where one node stands on its way to the target. */
enum Standing {
    /** Ready, and not given the target. */
    Waiting,
    /** Given the target, and expected to finish. */
    InChange,
    /** Runs the target. */
    Running,
    /** Refused the target, tried for as long as it may and could not, or has no room for the chain. */
    Failed,
    /** Not Ready, for as long as it had to finish where it was in change. */
    Unreachable,
    /** Ready, and its agent is silent for longer than it may be. */
    Silent;

    static Standing of(NodeView node, Assignment target, Duration timeout, Instant now) {
        if (!node.holds(target)) {
            if (!node.ready()) {
                return Unreachable;
            }
            return node.full() ? Failed : Waiting;
        }
        Optional<State> state = node.answer().map(Answer::state);
        if (state.filter(State.Refused::equals).isPresent()) {
            return Failed;
        }
        if (state.filter(State.Running::equals).isPresent()) {
            return node.ready() ? Running : Unreachable;
        }
        if (node.inChange(timeout, now)) {
            return InChange;
        }
        if (!node.ready()) {
            return Unreachable;
        }
        return state.isPresent() ? Failed : Silent;
    }
}
