package io.bpfchain.agent.cluster;

import java.util.Objects;

/** What came of bringing an assignment to this machine. */
sealed interface Verdict {
    /** It was not tried yet. */
    record Pending() implements Verdict {}

    /** Attached at every selected cgroup, and read back. */
    record Running() implements Verdict {}

    /** Why it is not so. */
    sealed interface Unwell extends Verdict {
        /** One CamelCase word. */
        String reason();

        /** What was attempted, on what, what came back, and what to do. */
        String message();
    }

    /** Not possible as asked; nothing changed. */
    record Refused(String reason, String message) implements Unwell {
        public Refused {
            Objects.requireNonNull(reason);
            Objects.requireNonNull(message);
        }
    }

    /** Begun and not finished, or not to be had at the moment. */
    record Failed(String reason, String message) implements Unwell {
        public Failed {
            Objects.requireNonNull(reason);
            Objects.requireNonNull(message);
        }
    }
}
