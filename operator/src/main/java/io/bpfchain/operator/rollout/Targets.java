package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.Optional;

/**
 * The two revisions of a chain that matter to a rollout.
 *
 * @param target what the nodes are brought to
 * @param current what the last completed rollout brought to all of them; empty before the first
 */
public record Targets(Assignment target, Optional<Assignment> current) {
    /** Whether the last completed rollout was the one to the target, so that only nodes that joined later may lack it. */
    public boolean completedBefore() {
        return current.filter(c -> same(c, target)).isPresent();
    }

    /**
     * Whether two assignments mean the same revision. A content that returns later has the same digest and a greater number, so an
     * answer to its first time is no answer to the second.
     */
    public static boolean same(Assignment a, Assignment b) {
        return a.revision() == b.revision() && a.digest().equals(b.digest());
    }
}
