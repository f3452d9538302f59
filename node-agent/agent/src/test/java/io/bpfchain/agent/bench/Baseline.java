package io.bpfchain.agent.bench;

import io.bpfchain.kernel.testing.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;

/** The C co-process of {@code src/bench/c/baseline.c}: one command, one answer. */
final class Baseline implements AutoCloseable {
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    Baseline(Path module) {
        try {
            Path binary =
                    Files.createDirectories(module.resolve("target/bench")).resolve("baseline");
            Commands.run(
                    "cc",
                    "-O2",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-pthread",
                    "-o",
                    binary.toString(),
                    module.resolve("src/bench/c/baseline.c").toString());
            process = new ProcessBuilder(binary.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String ask(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the baseline ended at: " + command);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long nanoseconds(String command) {
        return Long.parseLong(ask(command));
    }

    /** A whole command, as its parent sees it. */
    Run run(String shellCommand) {
        Scanner fields = new Scanner(ask("run " + shellCommand));
        return new Run(fields.nextLong(), fields.nextLong(), fields.nextInt());
    }

    record Run(long nanoseconds, long peakKiB, int exitCode) {}

    @Override
    public void close() {
        try {
            commands.close();
            answers.close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
