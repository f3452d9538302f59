package io.bpfchain.agent;

import io.bpfchain.agent.ApplyOutcome.Problem;
import java.util.Objects;

/** What came of looking at the cgroup hierarchy. */
public sealed interface TreeOutcome {
    /** What runs where. */
    record Shown(Tree tree) implements TreeOutcome {
        public Shown {
            Objects.requireNonNull(tree);
        }
    }

    /** There is no such cgroup, or it may not be looked at. */
    record Refused(Problem problem) implements TreeOutcome {
        public Refused {
            Objects.requireNonNull(problem);
        }
    }
}
