package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cli.render.Paint;
import io.bpfchain.agent.engine.Inaccessible;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.agent.fleet.api.KubernetesFleet;
import io.bpfchain.agent.state.StateException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code bpfchain}; everything is wired here, by hand. */
public final class Main {
    private static final String BROKEN_PIPE = "Broken pipe";

    private final Machine machine;
    private final Clusters clusters;
    private final Clock clock;

    Main(Machine machine, Clusters clusters, Clock clock) {
        this.machine = machine;
        this.clusters = clusters;
        this.clock = clock;
    }

    private static Main ofThisMachine() {
        // Not a method reference, which would load the Kubernetes client for every command.
        return new Main(LocalMachine.create(), access -> KubernetesFleet.connect(access), Clock.systemUTC());
    }

    /** The process's entry point. */
    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    /** All that the process does but end; with the process's own input and outputs. */
    static int run(List<String> args) {
        Warmup.begin(Commands.named(args));
        Output written = new Output(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(written, false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Console console = console(args, System.in, out, err, isTerminal(1), isTerminal(2));
        int code = ofThisMachine().run(args, console);
        out.flush();
        return written.failure().map(why -> unwritten(why, code, console)).orElse(code);
    }

    /** What was to be printed is part of what was asked for; who closes a pipe wants no more of it. */
    private static int unwritten(IOException why, int code, Console console) {
        if (BROKEN_PIPE.equals(why.getMessage())) {
            return code;
        }
        console.error("write to standard output: " + why.getMessage());
        console.err()
                .println(
                        code == ExitCode.DONE.number()
                                ? "  The command itself was done. Make room, then ask for what it printed with get, describe or tree."
                                : "  The command itself ended with " + code + ".");
        return code == ExitCode.DONE.number() ? ExitCode.FAILED.number() : code;
    }

    /** Runs one command line in this process, with no terminal. */
    public static int run(List<String> args, InputStream in, PrintStream out, PrintStream err) {
        int code = ofThisMachine().run(args, console(args, in, out, err, false, false));
        out.flush();
        err.flush();
        return code;
    }

    int run(List<String> args, Console console) {
        return run(args, console, Commands.named(args));
    }

    /** The same by a parser that knows only some commands; it says the same as one that knows all. */
    int run(List<String> args, Console console, Set<String> commands) {
        GlobalOptions global = new GlobalOptions();
        CommandLine commandLine = commandLine(new Session(console, machine, clusters, global, clock), commands);
        if (!args.isEmpty() && args.getFirst().equals(KubectlCommand.NAME)) {
            KubectlCommand.nameAsPlugin(commandLine);
        }
        commandLine.setExecutionExceptionHandler((e, command, result) -> e instanceof WrongUsage
                ? wrongUsage(new ParameterException(command, String.valueOf(e.getMessage())), console)
                : failed(e, console, global.verbose()));
        if (!commands.equals(Commands.ALL)) {
            // The help of all commands, and what a misspelt word may have meant, are not for a parser that knows few.
            commandLine.setParameterExceptionHandler((e, ignored) -> e instanceof UnmatchedArgumentException
                    ? run(args, console, Commands.ALL)
                    : wrongUsage(e, console));
            commandLine.setExecutionStrategy(parsed -> parsed.isUsageHelpRequested() || isBare(parsed)
                    ? run(args, console, Commands.ALL)
                    : new RunLast().execute(parsed));
        }
        return commandLine.execute(args.toArray(String[]::new));
    }

    /** Whether nothing was asked for: then, as of kubectl, the help is the answer. */
    private static boolean isBare(ParseResult parsed) {
        return !parsed.hasSubcommand() && !parsed.isUsageHelpRequested() && !parsed.isVersionHelpRequested();
    }

    private static int help(CommandLine root) {
        root.usage(root.getOut());
        return ExitCode.DONE.number();
    }

    /** The whole command tree. */
    static CommandLine commandLine(Session session) {
        return commandLine(session, Commands.ALL);
    }

    private static CommandLine commandLine(Session session, Set<String> commands) {
        CommandLine root = Commands.tree(session, commands);
        Console console = session.console();
        root.setOut(new java.io.PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        root.setErr(new java.io.PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        root.setColorScheme(Help.defaultColorScheme(console.outPaint() == Paint.ANSI ? Help.Ansi.ON : Help.Ansi.OFF));
        root.setUsageHelpAutoWidth(false);
        root.setUsageHelpWidth(120);
        root.setAbbreviatedOptionsAllowed(false);
        root.setParameterExceptionHandler((e, args) -> wrongUsage(e, console));
        root.setExecutionStrategy(parsed -> isBare(parsed) ? help(root) : new RunLast().execute(parsed));
        return root;
    }

    private static int wrongUsage(ParameterException e, Console console) {
        String message = String.valueOf(e.getMessage());
        console.error(
                e instanceof UnmatchedArgumentException unmatched
                        ? CommandGroup.noSuch(unmatched).orElse(message)
                        : message);
        UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
        console.err()
                .println("  " + e.getCommandLine().getCommandSpec().qualifiedName(" ")
                        + " --help shows how it is used.");
        return ExitCode.INVALID.number();
    }

    /** What no command expected: either a file that may not be touched, or a bug. */
    private static int failed(Exception e, Console console, boolean verbose) {
        Optional<Problem> known = switch (e) {
            case StateException state -> Optional.of(state.problem());
            case Inaccessible machine -> Optional.of(machine.problem());
            case FleetException fleet -> Optional.of(fleet.problem());
            default -> Optional.empty();
        };
        if (known.isPresent()) {
            console.problems(List.of(known.get()));
            return ExitCode.of(List.of(known.get())).number();
        }
        Optional<AccessDeniedException> refused = Stream.<Throwable>iterate(
                        e, java.util.Objects::nonNull, Throwable::getCause)
                .filter(AccessDeniedException.class::isInstance)
                .map(AccessDeniedException.class::cast)
                .findFirst();
        boolean denied = refused.isPresent();
        console.error(refused.map(a -> "use " + a.getFile() + ": EACCES").orElseGet(() -> "unexpected: " + e));
        console.err()
                .println(
                        denied
                                ? "  Run as root, or as somebody who may use it."
                                : "  This is a bug in bpfchain, or the machine is in trouble; -v shows where. What runs in the"
                                        + " kernel: bpfchain tree.");
        if (verbose) {
            e.printStackTrace(console.err());
        }
        return (denied ? ExitCode.NOT_PERMITTED : ExitCode.FAILED).number();
    }

    /** Decides about colour before the arguments are parsed, because the parser prints help itself. */
    private static Console console(
            List<String> args,
            InputStream in,
            PrintStream out,
            PrintStream err,
            boolean outTerminal,
            boolean errTerminal) {
        String when = "auto";
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).startsWith("--color=")) {
                when = args.get(i).substring("--color=".length());
            } else if (args.get(i).equals("--color") && i + 1 < args.size()) {
                when = args.get(i + 1);
            }
        }
        String noColour = System.getenv("NO_COLOR");
        boolean auto = when.equals("auto") && (noColour == null || noColour.isEmpty());
        boolean always = when.equals("always");
        return new Console(
                in,
                out,
                err,
                always || (auto && outTerminal) ? Paint.ANSI : Paint.PLAIN,
                always || (auto && errTerminal) ? Paint.ANSI : Paint.PLAIN,
                errTerminal);
    }

    /** Whether a descriptor is a terminal that knows more than letters: System.console() only tells of input and output together. */
    private static boolean isTerminal(int descriptor) {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return Stream.of("/dev/pts/", "/dev/tty", "/dev/console").anyMatch(target::startsWith);
        } catch (IOException e) {
            return false;
        }
    }
}
