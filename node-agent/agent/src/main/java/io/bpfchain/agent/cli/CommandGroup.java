package io.bpfchain.agent.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/** A command that only has subcommands. */
final class CommandGroup {
    private CommandGroup() {}

    static CommandLine of(String name, String description, CommandLine... subcommands) {
        Callable<Integer> nothing = () -> {
            throw new WrongUsage("Missing subcommand: " + names(List.of(subcommands), " or "));
        };
        CommandLine group = new Described(name, nothing, description).line();
        List.of(subcommands).forEach(group::addSubcommand);
        return group;
    }

    /** Where a word stands that names no subcommand, what is wrong and which there are. */
    static Optional<String> noSuch(UnmatchedArgumentException e) {
        CommandLine command = e.getCommandLine();
        Collection<CommandLine> known = command.getSubcommands().values();
        String word = e.getUnmatched().isEmpty() ? "-" : e.getUnmatched().getFirst();
        return command.getParent() == null || known.isEmpty() || word.startsWith("-")
                ? Optional.empty()
                : Optional.of("no such command: " + command.getCommandSpec().qualifiedName(" ") + " " + word
                        + "; there are: " + names(known, ", "));
    }

    /** Each once, without its aliases. */
    private static String names(Collection<CommandLine> commands, String between) {
        return commands.stream().map(CommandLine::getCommandName).distinct().collect(Collectors.joining(between));
    }
}
