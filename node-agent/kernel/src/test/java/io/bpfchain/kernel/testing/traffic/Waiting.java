package io.bpfchain.kernel.testing.traffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A probe that is ready for something to come from outside. */
public final class Waiting implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Waiting(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            output = process.inputReader(StandardCharsets.UTF_8);
            String first = output.readLine();
            if (!"ready".equals(first)) {
                throw new IllegalStateException(String.join(" ", command) + ": " + first);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it said in the end. */
    public String answer() {
        try {
            return String.valueOf(output.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            output.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
