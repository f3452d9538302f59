package io.bpfchain.agent.engine;

import io.bpfchain.kernel.FileAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for what a reading command fetches; goes with it. */
record Scratch(Path directory) implements AutoCloseable {
    static Scratch create() throws IOException {
        try {
            return new Scratch(Files.createTempDirectory("bpfchain-"));
        } catch (IOException e) {
            throw new IOException(
                    "make a temporary directory: " + FileAnswer.of(e).text(), e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
