package io.bpfchain.agent.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The commands below {@code bpfchain}, in the order of its help. A tree can be made with only some of them, because a process that has
 * just started takes a while to describe all.
 */
final class Commands {
    private static final Map<String, Command> BY_NAME = byName();

    /** Every command. */
    static final Set<String> ALL = Set.copyOf(BY_NAME.keySet());

    private Commands() {}

    /** How a command is made. */
    @FunctionalInterface
    private interface Command {
        /** The root is asked for when the command runs. */
        CommandLine line(Session session, Supplier<CommandLine> root);
    }

    private static Map<String, Command> byName() {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("apply", (session, _) -> new ApplyCommand(session).line());
        commands.put("plan", (session, _) -> new PlanCommand(session).line());
        commands.put("tree", (session, _) -> new TreeCommand(session).line());
        commands.put("get", (session, _) -> GetCommand.line(session));
        commands.put("describe", (session, _) -> DescribeCommand.line(session));
        commands.put("dump", (session, _) -> DumpCommand.line(session));
        commands.put("history", (session, _) -> HistoryCommand.line(session));
        commands.put("rollback", (session, _) -> RollbackCommand.line(session));
        commands.put("delete", (session, _) -> DeleteCommand.line(session));
        commands.put("run", (session, _) -> new RunCommand(session).line());
        commands.put("agent", (session, _) -> new AgentCommand(session).line());
        commands.put(KubectlCommand.NAME, (session, _) -> KubectlCommand.line(session));
        commands.put("doctor", (session, _) -> new DoctorCommand(session).line());
        commands.put("version", (session, _) -> new VersionCommand(session).line());
        commands.put("completion", CompletionCommand::line);
        commands.put("help", (_, root) -> new HelpCommand(root).line());
        return commands;
    }

    /** The commands that may be meant by a command line; all where it names none, or one that shows the others. */
    static Set<String> named(List<String> args) {
        Set<String> named = new HashSet<>(args);
        named.retainAll(ALL);
        boolean shows = named.contains("completion") || named.contains("help");
        return named.isEmpty() || shows ? ALL : named;
    }

    /** {@code bpfchain} with the wanted commands. */
    static CommandLine tree(Session session, Set<String> wanted) {
        CommandLine root = session.global().line();
        BY_NAME.forEach((name, command) -> {
            if (wanted.contains(name)) {
                root.addSubcommand(name, command.line(session, () -> root));
            }
        });
        Optional.ofNullable(root.getSubcommands().get(KubectlCommand.NAME)).ifPresent(KubectlCommand::forgetTheMachine);
        return root;
    }
}
