package io.bpfchain.kernel.testing.traffic;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes single system calls inside a cgroup. {@code probe.c} lists them. Each answer is {@code ok}, {@code ok} and more, or
 * the name of the errno.
 */
public final class Probe {
    private final TestCgroup cgroup;
    private final List<String> around;

    private Probe(TestCgroup cgroup, List<String> around) {
        this.cgroup = cgroup;
        this.around = around;
    }

    public static Probe in(TestCgroup cgroup) {
        return new Probe(cgroup, List.of());
    }

    /** The same in a network namespace of its own, whose sysctls are nobody else's. Each call gets a new one. */
    public Probe inNewNetwork() {
        return new Probe(cgroup, List.of("unshare", "-n"));
    }

    /** The same as this user, without capabilities. */
    public Probe as(int uid) {
        return new Probe(cgroup, List.of("env", "PROBE_UID=" + uid));
    }

    /** Makes one call, for example {@code run("bind", "tcp", "127.0.0.1", "8080")}. */
    public String run(String... call) {
        return Commands.run(command(call)).strip();
    }

    /** Begins a call that says {@code ready} and then waits. */
    public Waiting begin(String... call) {
        return new Waiting(command(call));
    }

    private List<String> command(String... call) {
        List<String> command = new ArrayList<>(around);
        command.addAll(CProgram.command("probe", List.of(call)));
        return CProgram.inside(cgroup, command);
    }
}
