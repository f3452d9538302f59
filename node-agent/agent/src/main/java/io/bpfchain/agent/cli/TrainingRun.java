package io.bpfchain.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the command lines of a file, one a line and split at blanks, one after the other in this process, as far as they succeed. The
 * build starts it, so that the AOT cache holds what several commands need; a cache comes from one process only.
 */
public final class TrainingRun {
    private TrainingRun() {}

    /** The process's entry point: the file is the first argument, the others do not count; exits with the code of the last command. */
    public static void main(String[] args) throws IOException {
        int code = 0;
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            code = code == 0 ? Main.run(List.of(line.split(" ", -1))) : code;
        }
        System.exit(code);
    }
}
