package io.bpfchain.agent.cgroup;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.planner.Cgroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Finds cgroups of the version 2 hierarchy. */
public interface Cgroups {
    /** The directory that every cgroup path of this machine is below: the cgroup2 mount, or what the user chose as root. */
    Path root();

    /**
     * The cgroups that exist now under a path, or under a pattern ({@code *} and {@code ?} match within a segment; nothing is
     * escaped, systemd's backslashes are ordinary characters).
     */
    Resolution resolve(String pathOrGlob);

    /** The cgroups that exist now and are selected. */
    default Resolution resolve(CgroupSpec selection) {
        String path = selection.path();
        return path != null
                ? resolve(path)
                : new Resolution.Refused(new ApplyOutcome.Problem(
                        ApplyOutcome.Problem.Kind.INVALID,
                        "NeedsCluster",
                        "cgroup." + selection.summary(),
                        "select cgroups by " + selection.summary()
                                + ": which pods there are is known to the agent of a cluster, not to this command",
                        "Give their path; a pattern such as /kubepods.slice/*/* is possible."));
    }

    /** Whether the text is a pattern, so that new cgroups may come to match it. */
    static boolean isGlob(String pathOrGlob) {
        return pathOrGlob.indexOf('*') >= 0 || pathOrGlob.indexOf('?') >= 0;
    }

    /** What a path names. */
    sealed interface Resolution {
        /**
         * The cgroups, sorted by path. Empty only for a pattern that matches nothing now.
         *
         * @param warnings whole sentences, for example that new cgroups of a pattern are unprotected until attached
         */
        record Found(List<Cgroup> cgroups, List<String> warnings) implements Resolution {
            public Found {
                cgroups = List.copyOf(cgroups);
                warnings = List.copyOf(warnings);
            }
        }

        /** There is no such cgroup, no cgroup2 mount, or it may not be read. */
        record Refused(ApplyOutcome.Problem problem) implements Resolution {
            public Refused {
                Objects.requireNonNull(problem);
            }
        }
    }
}
