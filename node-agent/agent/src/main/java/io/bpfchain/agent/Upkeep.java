package io.bpfchain.agent;

import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.planner.Cgroup;
import java.util.List;
import java.util.Objects;

/** What a daemon asks of the machine between changes: quick, and without fetching or loading anything. */
public interface Upkeep {
    /**
     * Attaches a chain that runs to cgroups that were made since, for example new ones of a pattern. The programs are loaded already,
     * so this takes a few milliseconds.
     *
     * @param selection by which they were found; refused where the chain that runs has another
     */
    ApplyOutcome extend(String chain, CgroupSpec selection, List<Cgroup> cgroups);

    /** The chains that this machine was told to run since it was booted, by name, as they were last taken. */
    List<Selection> selections();

    /** The chains of which some hook does not run what it shall, by name; one query for each hook. */
    List<String> drifted();

    /** The chains of which some live map has other contents than they declare, by name; reads those maps. */
    List<String> altered();

    /**
     * Where a chain of this machine runs. A file that was refused says something else.
     *
     * @param manager who made it
     */
    record Selection(String chain, String manager, CgroupSpec cgroup) {
        public Selection {
            Objects.requireNonNull(chain);
            Objects.requireNonNull(manager);
            Objects.requireNonNull(cgroup);
        }
    }
}
