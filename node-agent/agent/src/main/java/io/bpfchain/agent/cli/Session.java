package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.kernel.Privileges;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What every command of one invocation shares.
 *
 * @param clusters those that may be asked for
 * @param global options, filled in by the parser before a command runs
 */
record Session(Console console, Machine machine, Clusters clusters, GlobalOptions global, Clock clock) {
    Session {
        Objects.requireNonNull(console);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(clusters);
        Objects.requireNonNull(global);
        Objects.requireNonNull(clock);
    }

    /** Does work on the machine that attaches nothing new; says why where it cannot be opened. */
    ExitCode onHost(Function<Host, ExitCode> work) {
        return onMachine(Machine.Intent.USE, ready -> work.apply(ready.host()));
    }

    /** Does work on the machine, and says what was done to open it, or why it cannot be opened. */
    ExitCode onMachine(Machine.Intent intent, Function<Machine.Opened.Ready<MountedCgroups>, ExitCode> work) {
        return switch (machine.open(global.settings(), intent)) {
            case Machine.Opened.Ready<MountedCgroups> ready -> {
                ready.notes().forEach(console.err()::println);
                yield work.apply(ready);
            }
            case Machine.Opened.Refused<MountedCgroups> refused -> {
                console.problems(refused.problems());
                yield ExitCode.of(refused.problems());
            }
        };
    }

    /** Says why not. */
    ExitCode refused(Problem problem) {
        console.problems(List.of(problem));
        return ExitCode.of(List.of(problem));
    }

    /** Says that a chain is not on this machine, and how to see which are; the same for every command that is about one. */
    ExitCode noSuchChain(String name) {
        return refused(new Problem(
                Problem.Kind.REFUSED,
                "NoSuchChain",
                "chain " + name,
                "chain " + name + ": not on this machine",
                "bpfchain get chains lists those that are; bpfchain history chain " + name + " shows whether it was."));
    }

    /** Says why it is not known what chains run where that is so. */
    void warnOfUnreadable(List<ChainStatus> chains) {
        if (chains.stream().flatMap(c -> c.hooks().stream()).anyMatch(ChainStatus.HookStatus::unreadable)) {
            console.warnings(List.of("What some hooks run cannot be read. "
                    + Privileges.read().remedy(Privileges.Capability.NET_ADMIN, Privileges.Capability.BPF)));
        }
    }

    /** Prints what was found out, in the form that was asked for. */
    ExitCode show(OutputOption output, Supplier<String> text, Supplier<? extends JsonNode> document) {
        console.out().print(output.render(text, document));
        return ExitCode.DONE;
    }
}
