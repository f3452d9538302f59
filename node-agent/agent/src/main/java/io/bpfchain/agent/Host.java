package io.bpfchain.agent;

import io.bpfchain.crds.file.ChainDocument;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that can be asked of one machine. No method changes a hook unless the whole change was prepared and planned first; every
 * method that changes something holds the machine's one writer lock. Expected outcomes are values.
 */
public interface Host {
    /** Makes the machine run exactly these chains; other chains stay as they are. */
    ApplyOutcome apply(List<ChainDocument> chains, ApplyOptions options, Progress progress);

    /** What {@link #apply} would do, hook by hook; loads nothing. */
    ApplyOutcome plan(List<ChainDocument> chains, Progress progress);

    /**
     * Takes chains out of the kernel and forgets them; their revisions stay in the history. A chain that a daemon keeps is only taken
     * out by that daemon, or by force.
     */
    ApplyOutcome delete(List<String> chains, DeleteOptions options, Progress progress);

    /** Applies an earlier revision again, as a new one. Empty: the one before the current; of a deleted chain the last that ran. */
    ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress);

    /** Chains that this machine has been told to run, by priority and name. */
    List<ChainStatus> chains();

    Optional<ChainStatus> chain(String name);

    /** Who made a chain that this machine has been told to run; the kernel is not asked. */
    default Optional<String> manager(String chain) {
        return chain(chain).map(ChainStatus::manager);
    }

    /** What is attached of bpfchain's and none of {@link #chains} has; every hook of the machine is looked at. */
    List<Unclaimed> unclaimed();

    /** Oldest first. */
    List<Revision> history(String chain);

    /** A revision that is kept, as a chain file could say it. */
    Optional<KeptRevision> revision(String chain, int number);

    /** The typed contents of one map of a chain's live instance. */
    MapDump dump(String chain, String map);

    /**
     * The cgroup hierarchy with every hook that has programs.
     *
     * @param below only this cgroup, or those that match this pattern, and what is below
     * @param stats also measure for that long
     */
    TreeOutcome tree(Optional<String> below, Optional<Duration> stats, Progress progress);

    /**
     * How to apply.
     *
     * @param dryRun also load and verify, then drop; nothing is attached
     * @param manager who made the chain: {@code apply}, {@code run:<directory>} or {@code cluster:<uid>}; recorded with the chain
     */
    record ApplyOptions(boolean dryRun, String manager) {}

    /**
     * How to delete.
     *
     * @param manager who deletes, as in {@link ApplyOptions}
     * @param force also chains that a daemon keeps
     */
    record DeleteOptions(String manager, boolean force) {}

    /** Told while a long work goes on. */
    interface Progress {
        /** So many of {@code total} of {@code phase} (for example {@code load}, {@code attach}) are done; all of them ends it. */
        void advanced(String phase, int done, int total);
    }
}
