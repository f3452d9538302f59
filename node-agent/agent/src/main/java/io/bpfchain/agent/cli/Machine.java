package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.doctor.Diagnosis;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The machine that commands work on. Nothing of it is touched before a command asks. */
interface Machine {
    /** Opens it for work. */
    default Opened open(Settings settings, Intent intent) {
        return open(settings, intent, mounted -> mounted);
    }

    /**
     * The same for who knows more of its cgroups.
     *
     * @param cgroups what chains select from, made of the mounted ones
     */
    Opened open(Settings settings, Intent intent, Function<MountedCgroups, ? extends Cgroups> cgroups);

    /** What a command is about to do. */
    enum Intent {
        /** Look, or change only what is already there; nothing is mounted for it. */
        USE,
        /** Attach programs; where the host lacks the usual bpffs, it is mounted as systemd would. */
        ATTACH
    }

    /** Looks at what this kernel and these privileges can and cannot do; changes nothing. */
    Diagnosis diagnose(Settings settings);

    /** What came of opening. */
    sealed interface Opened {
        /**
         * It can be worked on.
         *
         * @param upkeep the same host, as a daemon sees it
         * @param cgroupRoot what cgroup paths are relative to
         * @param notes what was done to the machine to open it, a line each
         */
        record Ready(Host host, Upkeep upkeep, Path cgroupRoot, List<String> notes) implements Opened {
            public Ready {
                notes = List.copyOf(notes);
            }
        }

        /** Something that every command needs is missing, for example cgroup2. */
        record Refused(List<Problem> problems) implements Opened {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }
}
