package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What to do now, and how the rollout stands before it is done.
 *
 * @param begin the nodes that are given a revision now, by name
 * @param refusals nodes that refused the target or could not finish it in time, by name
 * @param lookAgain when a decision changes though nothing happens
 */
public record Decision(
        Phase phase, List<Begin> begin, Counts counts, List<Refusal> refusals, Optional<Instant> lookAgain) {
    public Decision {
        begin = List.copyOf(begin);
        refusals = List.copyOf(refusals);
    }

    /** A node is given a revision. */
    public record Begin(String node, Assignment assignment) {}

    /** A node that does not run the target, in its agent's words. */
    public record Refusal(String node, String reason, String message) {}

    /**
     * Nodes of a chain.
     *
     * @param desired selected
     * @param updated of them, assigned the target
     * @param ready of them, reachable and running the target
     * @param failed of them, refused it or could not finish it in time
     * @param unreachable of them, not Ready
     * @param silent of them, Ready and silent for longer than they may be
     * @param waiting of them, Ready and without the target
     */
    public record Counts(int desired, int updated, int ready, int failed, int unreachable, int silent, int waiting) {
        /** Nodes of which nobody knows whether they run the target. */
        public int unknown() {
            return unreachable + silent;
        }
    }
}
