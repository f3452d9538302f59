package io.bpfchain.kernel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bpffs of the test's own, mounted in a new directory; close unmounts it, and with it go its pins. */
public final class TestBpffs implements AutoCloseable {
    private final Path directory;

    private TestBpffs(Path directory) {
        this.directory = directory;
    }

    public static TestBpffs mount() {
        try {
            Path directory = Files.createTempDirectory("bpfchain-test-bpffs");
            Commands.run("mount", "-t", "bpf", "bpffs", directory.toString());
            return new TestBpffs(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        Commands.run("umount", directory.toString());
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
