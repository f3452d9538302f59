package io.bpfchain.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code bpfchain help}. */
final class HelpCommand implements Callable<Integer> {
    private final Supplier<CommandLine> root;

    private final PositionalParamSpec words = Described.words(0)
            .paramLabel("COMMAND")
            .description("The words of the command; none: all commands.")
            .build();

    /** The root is asked for when it has all its commands. */
    HelpCommand(Supplier<CommandLine> root) {
        this.root = root;
    }

    CommandLine line() {
        return new Described("help", this, "Shows the help of a command; the same as --help behind it.")
                .takes(words)
                .examples("  bpfchain help apply", "  bpfchain help history chain")
                .line();
    }

    @Override
    public Integer call() {
        CommandLine command = root.get();
        List<String> named = words.getValue();
        for (int i = 0; i < named.size(); i++) {
            CommandLine below = command.getSubcommands().get(named.get(i));
            if (below == null) {
                throw new NoSuchCommand(command, named, i);
            }
            command = below;
        }
        command.usage(command.getOut());
        return ExitCode.DONE.number();
    }

    /** Words that name no command; the parser's own message would count them among the arguments. */
    private static final class NoSuchCommand extends UnmatchedArgumentException {
        private static final long serialVersionUID = 1;

        private final String words;

        NoSuchCommand(CommandLine command, List<String> words, int known) {
            super(command, List.copyOf(words.subList(known, words.size())));
            this.words = String.join(" ", words);
        }

        @Override
        public String getMessage() {
            return "no such command: bpfchain " + words;
        }
    }
}
