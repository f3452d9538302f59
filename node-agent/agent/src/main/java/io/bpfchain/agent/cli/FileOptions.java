package io.bpfchain.agent.cli;

import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.FileError;
import io.bpfchain.crds.file.ReadOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The option {@code -f} of commands that read chain files. It is required, but not declared so: picocli would then ask for it in
 * {@code delete chain NAME} too, because {@code chain} is below {@code delete}.
 */
final class FileOptions {
    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            description =
                    "A chain file, a directory of them (*.yaml, *.yml, *.json), or - for standard input. Repeatable.")
    private List<String> files = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Reads all files, and works with them only when all are valid; otherwise prints every error. */
    ExitCode read(Console console, OutputOption output, Function<List<ChainDocument>, ExitCode> work) {
        if (files.isEmpty()) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(), "Missing required option: '--filename=FILE'");
        }
        return switch (new ChainFiles().read(files, console.in())) {
            case ReadOutcome.Read read -> work.apply(read.documents());
            case ReadOutcome.Invalid invalid -> {
                invalid.errors().stream().map(FileError::toString).forEach(console::error);
                if (!output.isText()) {
                    console.out()
                            .print(output.render(
                                    () -> "",
                                    () -> io.bpfchain.agent.cli.render.OutcomeDocument.ofInvalid(invalid.errors())));
                }
                yield ExitCode.INVALID;
            }
        };
    }
}
