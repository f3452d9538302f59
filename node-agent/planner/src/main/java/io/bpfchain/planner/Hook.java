package io.bpfchain.planner;

import java.util.Objects;

/** One list of programs in the kernel: a cgroup and an attach type. */
public record Hook(Cgroup cgroup, AttachType attachType) {
    public Hook {
        Objects.requireNonNull(cgroup);
        Objects.requireNonNull(attachType);
    }

    @Override
    public String toString() {
        return cgroup.path() + " [" + attachType.bpftoolName() + "]";
    }
}
