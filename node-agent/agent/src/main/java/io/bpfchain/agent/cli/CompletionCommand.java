package io.bpfchain.agent.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bpfchain completion}. */
@Command(
        name = "completion",
        description = "Prints a script that completes commands and options in a shell.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  bpfchain completion bash > /etc/bash_completion.d/bpfchain", "  source <(bpfchain completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Shells; the script finds out itself which one reads it. */
    enum Shell {
        bash,
        zsh
    }

    private final Session session;

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
    @SuppressWarnings("UnusedVariable") // checked by the parser; one script serves both
    private Shell shell = Shell.bash;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        session.console()
                .out()
                .print(AutoComplete.bash("bpfchain", command.root().commandLine()));
        return ExitCode.DONE.number();
    }
}
