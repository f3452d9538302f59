package io.bpfchain.planner;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What the kernel runs at a hook, as PROG_QUERY tells it.
 *
 * @param mode meaningful only while {@code entries} is not empty
 * @param entries in list order
 * @param revision the kernel's revision of the list; empty where the kernel has none
 * @param above the nearest ancestor that has programs of this attach type
 */
public record ObservedHook(Hook hook, ListMode mode, List<Entry> entries, OptionalLong revision, Above above) {
    public ObservedHook {
        Objects.requireNonNull(hook);
        Objects.requireNonNull(mode);
        entries = List.copyOf(entries);
        Objects.requireNonNull(revision);
        Objects.requireNonNull(above);
    }

    /** The nearest ancestor with programs decides whether anything may be attached below it ({@code hierarchy_allows_attach()}). */
    public sealed interface Above {
        /** No ancestor has programs of this type. */
        record Nothing() implements Above {}

        /** The nearest one that has. */
        record List(String cgroupPath, ListMode mode, java.util.List<Entry> entries) implements Above {
            public List {
                entries = java.util.List.copyOf(entries);
            }
        }

        /** A cgroup namespace or a missing privilege hides the ancestors, and programs of theirs may run here. */
        record Unknown(String cause) implements Above {}
    }
}
