package io.bpfchain.agent.cli;

import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.FileError;
import io.bpfchain.crds.file.ReadOutcome;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.OptionSpec;

/** The option {@code -f} of commands that read chain files. */
final class FileOptions {
    private final OptionSpec files = Described.repeated("-f", "--filename")
            .paramLabel("FILE")
            .required(true)
            .description(
                    "A chain file, a directory of them (*.yaml, *.yml, *.json), or - for standard input. Repeatable.")
            .build();

    OptionSpec option() {
        return files;
    }

    /** Reads all files, and works with them only when all are valid; otherwise prints every error. */
    ExitCode read(Console console, OutputOption output, Function<List<ChainDocument>, ExitCode> work) {
        return read(files.getValue(), console, output, work);
    }

    static ExitCode read(
            List<String> files, Console console, OutputOption output, Function<List<ChainDocument>, ExitCode> work) {
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
