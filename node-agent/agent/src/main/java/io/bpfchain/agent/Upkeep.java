package io.bpfchain.agent;

import io.bpfchain.planner.Cgroup;
import java.util.List;

/** What a daemon asks of the machine between changes: quick, and without fetching or loading anything. */
public interface Upkeep {
    /**
     * Attaches a chain that runs to cgroups that were made since, for example new ones of a pattern. The programs are loaded already,
     * so this takes a few milliseconds.
     */
    ApplyOutcome extend(String chain, List<Cgroup> cgroups);

    /** The chains of which some hook does not run what it shall, by name; one query for each hook. */
    List<String> drifted();
}
