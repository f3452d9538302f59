package io.bpfchain.agent.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code bpfchain} itself: the options that all commands share. */
@Command(
        name = "bpfchain",
        description = "Ordered chains of cgroup-bpf programs, changed without interrupting the work they do.",
        synopsisSubcommandLabel = "COMMAND",
        subcommandsRepeatable = false,
        sortOptions = false,
        versionProvider = ProductVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; what each hook runs now is printed",
            "2:wrong usage, or a file that is missing or not valid, nothing was changed",
            "3:refused by the planner, the kernel or its verifier, or no such chain, map or cgroup; nothing was changed",
            "4:not permitted, nothing was changed"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bpfchain doctor                       what this machine can do",
            "  bpfchain plan -f chain.yaml           what would change, with each step's guarantee",
            "  bpfchain apply -f chain.yaml          change it",
            "  bpfchain tree                         what runs where, in which order"
        })
final class GlobalOptions implements Runnable {
    /** When to use colour. */
    enum Colour {
        auto,
        always,
        never
    }

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${BPFCHAIN_STATE_DIR:-/var/lib/bpfchain}",
            description = "Where revisions, objects and the journal are kept (environment: BPFCHAIN_STATE_DIR; default:"
                    + " /var/lib/bpfchain).")
    private Path stateDirectory = Path.of("/var/lib/bpfchain");

    @Option(
            names = "--bpffs",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${BPFCHAIN_BPFFS:-" + Option.NULL_VALUE + "}",
            description =
                    "The BPF file system for pins (environment: BPFCHAIN_BPFFS; default: /sys/fs/bpf, which apply and run"
                            + " mount on a host that lacks it).")
    private @Nullable Path bpffs;

    @Option(
            names = "--cgroup-root",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${BPFCHAIN_CGROUP_ROOT:-" + Option.NULL_VALUE + "}",
            description = "What cgroup paths are relative to (environment: BPFCHAIN_CGROUP_ROOT; default: the machine's"
                    + " cgroup2 mount).")
    private @Nullable Path cgroupRoot;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            defaultValue = "auto",
            description = "auto, always or never; auto is never where NO_COLOR is set or the output is no terminal.")
    @SuppressWarnings(
            "UnusedVariable") // Main looks for it before the arguments are parsed; here it is checked and shown in the
    // help
    private Colour colour = Colour.auto;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more: every step of a change, and where an internal error comes from.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // the parser prints the help itself
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // the parser prints the version itself
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        CommandSpec command = java.util.Objects.requireNonNull(spec);
        throw new ParameterException(command.commandLine(), "Missing command");
    }

    Settings settings() {
        return new Settings(
                stateDirectory.toAbsolutePath().normalize(),
                Optional.ofNullable(bpffs).map(p -> p.toAbsolutePath().normalize()),
                Optional.ofNullable(cgroupRoot).map(Path::toAbsolutePath));
    }

    boolean verbose() {
        return verbose;
    }
}
