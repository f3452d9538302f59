package io.bpfchain.planner;

import java.util.Objects;

/** One list of programs in the kernel: a cgroup and an attach type. */
public record Hook(Cgroup cgroup, AttachType attachType) {
    public Hook {
        Objects.requireNonNull(cgroup);
        Objects.requireNonNull(attachType);
    }

    // As in EntryId.
    @Override
    public boolean equals(Object other) {
        return other instanceof Hook hook && attachType == hook.attachType && cgroup.equals(hook.cgroup);
    }

    @Override
    public int hashCode() {
        return 31 * cgroup.hashCode() + attachType.hashCode();
    }

    @Override
    public String toString() {
        return cgroup.path() + " [" + attachType.bpftoolName() + "]";
    }
}
