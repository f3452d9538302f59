package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.doctor.Check;
import io.bpfchain.agent.doctor.Diagnosis;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A machine with a {@link FakeHost}; {@code broken}: without cgroup2 and bpffs. */
record FakeMachine(FakeHost host, boolean broken) implements Machine {
    @Override
    public <C extends Cgroups> Opened<C> open(Settings settings, Intent intent, Function<MountedCgroups, C> cgroups) {
        return broken
                ? new Opened.Refused<>(List.of(
                        new Problem(
                                Problem.Kind.REFUSED,
                                "NoCgroup2",
                                "/proc/self/mountinfo",
                                "find the cgroup2 hierarchy: no file system of type cgroup2 is mounted",
                                "Mount it."),
                        new Problem(
                                Problem.Kind.REFUSED,
                                "NoBpffs",
                                "/sys/fs/bpf",
                                "No BPF file system is mounted.",
                                "Mount one.")))
                : new Opened.Ready<>(
                        host, host, cgroups.apply(new MountedCgroups(Path.of("/sys/fs/cgroup"))), List.of());
    }

    @Override
    public Diagnosis diagnose(Settings settings) {
        return new Diagnosis(List.of(
                new Check(
                        "state directory",
                        Check.State.OK,
                        true,
                        settings.stateDirectory().toString(),
                        ""),
                broken
                        ? new Check(
                                "cgroup2",
                                Check.State.MISSING,
                                true,
                                "no file system of type cgroup2 is mounted",
                                "Mount it.")
                        : new Check("cgroup2", Check.State.OK, true, "/sys/fs/cgroup", ""),
                new Check(
                        "positions",
                        Check.State.MISSING,
                        false,
                        "New programs can only be put at the end of a list.",
                        "Use Linux 6.17 or newer."),
                new Check("links", Check.State.UNKNOWN, false, "BPF_LINK_CREATE: EPERM", "Run as root.")));
    }
}
