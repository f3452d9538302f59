package io.bpfchain.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** A command that only has subcommands. */
final class CommandGroup {
    private CommandGroup() {}

    static CommandLine of(String name, String description, CommandLine... subcommands) {
        Callable<Integer> nothing = () -> {
            throw new WrongUsage("Missing subcommand: "
                    + List.of(subcommands).stream()
                            .flatMap(c -> c.getCommandSpec().names().stream())
                            .collect(Collectors.joining(" or ")));
        };
        CommandLine group = new Described(name, nothing, description).line();
        List.of(subcommands).forEach(group::addSubcommand);
        return group;
    }
}
