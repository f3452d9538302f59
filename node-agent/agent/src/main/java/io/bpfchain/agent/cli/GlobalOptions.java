package io.bpfchain.agent.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code bpfchain} itself: the options that all commands share. */
final class GlobalOptions {
    /** When to use colour. */
    enum Colour {
        auto,
        always,
        never
    }

    private final OptionSpec stateDirectory = Described.option(Path.class, "--state-dir")
            .paramLabel("DIR")
            .scopeType(ScopeType.INHERIT)
            .defaultValue("${BPFCHAIN_STATE_DIR:-/var/lib/bpfchain}")
            .description("Where revisions, objects and the journal are kept (environment: BPFCHAIN_STATE_DIR; default:"
                    + " /var/lib/bpfchain).")
            .build();

    private final OptionSpec bpffs = Described.option(Path.class, "--bpffs")
            .paramLabel("DIR")
            .scopeType(ScopeType.INHERIT)
            .defaultValue("${BPFCHAIN_BPFFS:-" + Option.NULL_VALUE + "}")
            .description(
                    "The BPF file system for pins (environment: BPFCHAIN_BPFFS; default: /sys/fs/bpf, which apply and run"
                            + " mount on a host that lacks it).")
            .build();

    private final OptionSpec cgroupRoot = Described.option(Path.class, "--cgroup-root")
            .paramLabel("DIR")
            .scopeType(ScopeType.INHERIT)
            .defaultValue("${BPFCHAIN_CGROUP_ROOT:-" + Option.NULL_VALUE + "}")
            .description("What cgroup paths are relative to (environment: BPFCHAIN_CGROUP_ROOT; default: the machine's"
                    + " cgroup2 mount).")
            .build();

    /** Main looks for it before the arguments are parsed; here it is checked and shown in the help. */
    private final OptionSpec colour = Described.option(Colour.class, "--color")
            .paramLabel("WHEN")
            .scopeType(ScopeType.INHERIT)
            .defaultValue("auto")
            .description("auto, always or never; auto is never where NO_COLOR is set or the output is no terminal.")
            .build();

    private final OptionSpec verbose = Described.flag("-v", "--verbose")
            .scopeType(ScopeType.INHERIT)
            .description("Say more: every step of a change, and where an internal error comes from.")
            .build();

    private final OptionSpec help = Described.flag("-h", "--help")
            .usageHelp(true)
            .scopeType(ScopeType.INHERIT)
            .description("Show this help.")
            .build();

    private final OptionSpec version = Described.flag("-V", "--version")
            .versionHelp(true)
            .description("Show the version.")
            .build();

    /** The command, with no command below it yet. */
    CommandLine line() {
        Callable<Integer> nothing = () -> {
            throw new IllegalStateException("without a command the help is shown instead");
        };
        CommandLine line = new Described(
                        "bpfchain",
                        nothing,
                        "Ordered chains of cgroup-bpf programs, changed without interrupting the work they do.")
                .takes(stateDirectory, bpffs, cgroupRoot, colour, verbose, help, version)
                .examples(
                        "  bpfchain doctor                       what this machine can do",
                        "  bpfchain plan -f chain.yaml           what would change, with each step's guarantee",
                        "  bpfchain apply -f chain.yaml          change it",
                        "  bpfchain tree                         what runs where, in which order")
                .line();
        CommandSpec spec = line.getCommandSpec().versionProvider(new ProductVersion());
        spec.usageMessage()
                .synopsisSubcommandLabel("COMMAND")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
        return line;
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "done");
        codes.put("1", "failed; what each hook runs now is printed; or a cluster does not answer");
        codes.put("2", "wrong usage, or a file that is missing or not valid, nothing was changed");
        codes.put(
                "3",
                "refused by the planner, the kernel, its verifier or the server of an object, or no such chain, map or cgroup;"
                        + " nothing was changed");
        codes.put("4", "not permitted, nothing was changed");
        codes.put("130, 143", "stopped by SIGINT or SIGTERM; the next change finishes what was begun");
        return codes;
    }

    Settings settings() {
        Path state = stateDirectory.getValue();
        return new Settings(state.toAbsolutePath().normalize(), path(bpffs).map(Path::normalize), path(cgroupRoot));
    }

    private static Optional<Path> path(OptionSpec option) {
        return Optional.ofNullable(option.<@Nullable Path>getValue()).map(Path::toAbsolutePath);
    }

    boolean verbose() {
        return verbose.getValue();
    }
}
