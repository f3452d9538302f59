package io.bpfchain.agent.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * The commands below {@code bpfchain}, in the order of its help. The parser learns a command by reflection, which in a process that has
 * just started takes longer than the rest of parsing; so a tree can be made with only some of them.
 */
final class Commands {
    private static final Map<String, Function<Session, CommandLine>> BY_NAME = byName();

    /** Every command. */
    static final Set<String> ALL = Set.copyOf(BY_NAME.keySet());

    private Commands() {}

    private static Map<String, Function<Session, CommandLine>> byName() {
        Map<String, Function<Session, CommandLine>> commands = new LinkedHashMap<>();
        commands.put("apply", session -> new CommandLine(new ApplyCommand(session)));
        commands.put("plan", session -> new CommandLine(new PlanCommand(session)));
        commands.put("tree", session -> new CommandLine(new TreeCommand(session)));
        commands.put(
                "get",
                session -> new CommandLine(new GetCommand.Group())
                        .addSubcommand(new GetCommand.Chains(session))
                        .addSubcommand(new GetCommand.Maps(session)));
        commands.put(
                "describe",
                session ->
                        new CommandLine(new DescribeCommand.Group()).addSubcommand(new DescribeCommand.Chain(session)));
        commands.put(
                "dump",
                session -> new CommandLine(new DumpCommand.Group()).addSubcommand(new DumpCommand.Map(session)));
        commands.put(
                "history",
                session ->
                        new CommandLine(new HistoryCommand.Group()).addSubcommand(new HistoryCommand.Chain(session)));
        commands.put(
                "rollback",
                session ->
                        new CommandLine(new RollbackCommand.Group()).addSubcommand(new RollbackCommand.Chain(session)));
        commands.put(
                "delete",
                session -> new CommandLine(new DeleteCommand.Files(session))
                        .addSubcommand(new DeleteCommand.Chain(session)));
        commands.put("run", session -> new CommandLine(new RunCommand(session)));
        commands.put("agent", session -> new CommandLine(new AgentCommand(session)));
        commands.put(KubectlCommand.NAME, KubectlCommand::tree);
        commands.put("doctor", session -> new CommandLine(new DoctorCommand(session)));
        commands.put("version", session -> new CommandLine(new VersionCommand(session)));
        commands.put("completion", session -> new CommandLine(new CompletionCommand(session)));
        commands.put("help", session -> new CommandLine(new HelpCommand()));
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
        CommandLine root = new CommandLine(session.global());
        BY_NAME.forEach((name, command) -> {
            if (wanted.contains(name)) {
                root.addSubcommand(name, command.apply(session));
            }
        });
        Optional.ofNullable(root.getSubcommands().get(KubectlCommand.NAME)).ifPresent(KubectlCommand::forgetTheMachine);
        return root;
    }
}
