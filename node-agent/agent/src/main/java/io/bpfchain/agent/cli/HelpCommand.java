package io.bpfchain.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code bpfchain help}. */
@Command(
        name = "help",
        description = "Shows the help of a command; the same as --help behind it.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  bpfchain help apply", "  bpfchain help history chain"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The words of the command; none: all commands.")
    private List<String> words = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine command = Objects.requireNonNull(spec).root().commandLine();
        for (int i = 0; i < words.size(); i++) {
            CommandLine below = command.getSubcommands().get(words.get(i));
            if (below == null) {
                throw new NoSuchCommand(command, words, i);
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
