package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.doctor.Diagnosis;
import java.nio.file.Path;
import java.util.List;

/** The machine that commands work on. Nothing of it is touched before a command asks. */
interface Machine {
    /** Opens it for work. */
    Opened open(Settings settings);

    /** Looks at what this kernel and these privileges can and cannot do; changes nothing. */
    Diagnosis diagnose(Settings settings);

    /** What came of opening. */
    sealed interface Opened {
        /**
         * It can be worked on.
         *
         * @param upkeep the same host, as a daemon sees it
         * @param cgroupRoot what cgroup paths are relative to
         */
        record Ready(Host host, Upkeep upkeep, Path cgroupRoot) implements Opened {}

        /** Something that every command needs is missing, for example cgroup2. */
        record Refused(List<Problem> problems) implements Opened {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }
}
