package io.bpfchain.cluster;

import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of a few MiB that can be filled; close unmounts it. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final Path directory;

    SmallDisk(Path directory, int mebibytes) throws IOException {
        this.directory = Files.createDirectory(directory);
        Commands.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + mebibytes + "m,mode=700",
                "bpfchain-small-disk",
                directory.toString());
    }

    Path directory() {
        return directory;
    }

    /** Fills it, but for a few bytes. */
    void fill(int left) {
        try (OutputStream out = Files.newOutputStream(filler())) {
            while (true) {
                out.write(new byte[BLOCK]);
            }
        } catch (IOException e) {
            // No space left on device.
        }
        try (FileChannel filled = FileChannel.open(filler(), StandardOpenOption.WRITE)) {
            filled.truncate(filled.size() - left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (directory.toFile().getUsableSpace() > left) {
            throw new IllegalStateException(directory + " has room left");
        }
    }

    /** Makes room again. */
    void free() {
        try {
            Files.delete(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    @Override
    public void close() {
        Commands.run("umount", directory.toString());
    }
}
