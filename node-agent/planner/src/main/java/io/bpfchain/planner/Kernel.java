package io.bpfchain.planner;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The port through which plans are carried out and read back. Programs are named by id; the implementation knows how to get
 * a descriptor for those that are ours (from their pins). No method retries, and none changes a list in any other way than asked.
 */
public interface Kernel {
    /** The whole observation that planning needs: entries with owners, mode, revision, ancestors. */
    Observation observe(Hook hook);

    /** Many hooks at once; answer {@code i} belongs to hook {@code i}. */
    default List<Observation> observeAll(List<Hook> hooks) {
        return hooks.stream().map(this::observe).toList();
    }

    /** The cheap read-back after a system call: ids in order, mode and revision only. */
    ReadBack readBack(Hook hook);

    /** Many hooks at once; answer {@code i} belongs to hook {@code i}. */
    default List<ReadBack> readBackAll(List<Hook> hooks) {
        return hooks.stream().map(this::readBack).toList();
    }

    /** BPF_PROG_ATTACH, MULTI. An expected revision is passed where the kernel has revisions, otherwise empty. */
    Outcome attach(Hook hook, EntryId program, Place place, OptionalLong expectedRevision);

    /** BPF_PROG_ATTACH, MULTI|REPLACE. */
    Outcome replace(Hook hook, EntryId old, EntryId by, OptionalLong expectedRevision);

    /** BPF_PROG_DETACH. */
    Outcome detach(Hook hook, EntryId program, OptionalLong expectedRevision);

    /**
     * The same replacements at many hooks, each hook whole before the next. A list is read before its first replacement and after each,
     * and the revision that was read is expected by the next. A hook is left alone from its first surprise on.
     *
     * @param hooks of one attach type; answer {@code i} belongs to hook {@code i}
     */
    default List<Replaced> replaceAll(List<Hook> hooks, Replacements replacements) {
        return hooks.stream().map(hook -> replacements.at(hook, this)).toList();
    }

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
     * One BPF_F_REPLACE.
     *
     * @param old the program that has the slot
     * @param by the program that gets it
     */
    record Replacement(EntryId old, EntryId by) {}

    /**
     * Replacements at one list.
     *
     * @param lists what the list has to be before the first, between two, and behind the last: one more than there are steps
     */
    record Replacements(List<Replacement> steps, List<List<EntryId>> lists) {
        public Replacements {
            steps = List.copyOf(steps);
            lists = List.copyOf(lists);
            if (lists.size() != steps.size() + 1) {
                throw new IllegalArgumentException(steps.size() + " replacements with " + lists.size() + " lists");
            }
        }

        /** One of the steps by itself. */
        public Replacements only(int step) {
            return new Replacements(List.of(steps.get(step)), lists.subList(step, step + 2));
        }

        private Replaced at(Hook hook, Kernel kernel) {
            int made = 0;
            while (true) {
                switch (kernel.readBack(hook)) {
                    case ReadBack.Failed failed -> {
                        return Replaced.failed(made, failed.error());
                    }
                    case ReadBack.Seen seen -> {
                        if (!seen.ids().equals(lists.get(made))) {
                            return Replaced.surprised(made);
                        }
                        if (made == steps.size()) {
                            return Replaced.all(made);
                        }
                        Replacement step = steps.get(made);
                        if (kernel.replace(hook, step.old(), step.by(), seen.revision())
                                instanceof Outcome.Failed failed) {
                            return Replaced.failed(made, failed.error());
                        }
                        made++;
                    }
                }
            }
        }
    }

    /**
     * How far the replacements at one hook came.
     *
     * @param made so many calls went through
     * @param whole whether all did, and the list is what it has to be
     * @param error the answer that ended it; empty where it was another list than expected
     */
    record Replaced(int made, boolean whole, Optional<KernelError> error) {
        public static Replaced all(int made) {
            return new Replaced(made, true, Optional.empty());
        }

        public static Replaced surprised(int made) {
            return new Replaced(made, false, Optional.empty());
        }

        public static Replaced failed(int made, KernelError error) {
            return new Replaced(made, false, Optional.of(error));
        }
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
