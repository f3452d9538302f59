package io.bpfchain.planner;

import java.util.List;
import java.util.OptionalLong;

/**
 * The port through which plans are carried out and read back. Programs are named by id; the implementation knows how to get
 * a descriptor for those that are ours (from their pins). No method retries, and none changes a list in any other way than asked.
 */
public interface Kernel {
    /** The whole observation that planning needs: entries with owners, mode, revision, ancestors. */
    Observation observe(Hook hook);

    /** The cheap read-back after a system call: ids in order, mode and revision only. */
    ReadBack readBack(Hook hook);

    /** BPF_PROG_ATTACH, MULTI. An expected revision is passed where the kernel has revisions, otherwise empty. */
    Outcome attach(Hook hook, EntryId program, Place place, OptionalLong expectedRevision);

    /** BPF_PROG_ATTACH, MULTI|REPLACE. */
    Outcome replace(Hook hook, EntryId old, EntryId by, OptionalLong expectedRevision);

    /** BPF_PROG_DETACH. */
    Outcome detach(Hook hook, EntryId program, OptionalLong expectedRevision);

    /** Where an attach puts the program, by kernel id. */
    sealed interface Place {
        record Tail() implements Place {}

        record Before(EntryId anchor) implements Place {}

        record After(EntryId anchor) implements Place {}
    }

    /** Result of {@link #observe}. */
    sealed interface Observation {
        record Seen(ObservedHook hook) implements Observation {}

        /** The cgroup is gone, or may not be queried. */
        record Failed(KernelError error) implements Observation {}
    }

    /** Result of {@link #readBack}. */
    sealed interface ReadBack {
        record Seen(ListMode mode, List<EntryId> ids, OptionalLong revision) implements ReadBack {
            public Seen {
                ids = List.copyOf(ids);
            }
        }

        record Failed(KernelError error) implements ReadBack {}
    }

    /** Result of a change. */
    sealed interface Outcome {
        record Done() implements Outcome {}

        record Failed(KernelError error) implements Outcome {}
    }

    /**
     * What a system call answered.
     *
     * @param call for example {@code BPF_PROG_ATTACH(REPLACE)}
     * @param errno the number, positive
     * @param name for example {@code ESTALE}
     */
    record KernelError(String call, int errno, String name) {}
}
