package io.bpfchain.agent.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain completion}. */
final class CompletionCommand {
    /** Shells; the script finds out itself which one reads it. */
    enum Shell {
        bash,
        zsh
    }

    private CompletionCommand() {}

    static CommandLine line(Session session, Supplier<CommandLine> root) {
        // Checked by the parser; one script serves both.
        PositionalParamSpec shell = Described.parameter(0)
                .type(Shell.class)
                .paramLabel("SHELL")
                .description("bash or zsh.")
                .build();
        Callable<Integer> print = () -> {
            session.console().out().print(AutoComplete.bash("bpfchain", root.get()));
            return ExitCode.DONE.number();
        };
        return new Described("completion", print, "Prints a script that completes commands and options in a shell.")
                .takes(shell)
                .examples(
                        "  bpfchain completion bash > /etc/bash_completion.d/bpfchain",
                        "  source <(bpfchain completion zsh)")
                .line();
    }
}
