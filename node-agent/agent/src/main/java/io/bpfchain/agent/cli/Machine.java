package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.doctor.Diagnosis;
import java.util.List;
import java.util.function.Function;

/** The machine that commands work on. Nothing of it is touched before a command asks. */
interface Machine {
    /** Opens it for work. */
    default Opened<MountedCgroups> open(Settings settings, Intent intent) {
        return open(settings, intent, mounted -> mounted);
    }

    /**
     * The same for who knows more of its cgroups.
     *
     * @param cgroups what chains select from, made of the mounted ones
     */
    <C extends Cgroups> Opened<C> open(Settings settings, Intent intent, Function<MountedCgroups, C> cgroups);

    /** What a command is about to do. */
    enum Intent {
        /** Look, or change only what is already there; nothing is mounted for it. */
        USE,
        /** Attach programs; where the host lacks the usual bpffs, it is mounted as systemd would. */
        ATTACH
    }

    /** Looks at what this kernel and these privileges can and cannot do; changes nothing. */
    Diagnosis diagnose(Settings settings);

    /**
     * What came of opening.
     *
     * @param <C> what chains select from
     */
    sealed interface Opened<C extends Cgroups> {
        /**
         * It can be worked on.
         *
         * @param upkeep the same host, as a daemon sees it
         * @param cgroups what chains select from
         * @param notes what was done to the machine to open it, a line each
         */
        record Ready<C extends Cgroups>(Host host, Upkeep upkeep, C cgroups, List<String> notes) implements Opened<C> {
            public Ready {
                notes = List.copyOf(notes);
            }
        }

        /** Something that every command needs is missing, for example cgroup2. */
        record Refused<C extends Cgroups>(List<Problem> problems) implements Opened<C> {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }
}
