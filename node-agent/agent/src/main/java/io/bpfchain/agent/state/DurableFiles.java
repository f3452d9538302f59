package io.bpfchain.agent.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files that are whole or not there, also after a power failure. Unfinished ones begin with {@value #UNFINISHED}. */
public final class DurableFiles {
    static final String UNFINISHED = ".unfinished-";

    private DurableFiles() {}

    /** Writes or replaces a file. */
    public static void write(Path file, byte[] bytes) {
        DurableBatch one = new DurableBatch();
        one.add(file, bytes);
        one.write();
    }

    /** Writes or replaces a file that a power failure may take: whole or not there for every process, and no wait for the disk. */
    static void writeUnforced(Path file, byte[] bytes) {
        createDirectories(parent(file));
        Path unfinished = unfinished(file, 0);
        try {
            Files.write(unfinished, bytes);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            StateException failed = StateException.io("write", file, e);
            DurableBatch.remove(unfinished, failed);
            throw failed;
        }
    }

    /** Gives a file one more name. */
    static void link(Path name, Path file) {
        try {
            Files.createLink(name, file);
            sync(parent(name));
        } catch (IOException e) {
            throw StateException.io("link", name, e);
        }
    }

    /** Deletes without a wait for the disk. */
    static void deleteUnforced(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw StateException.io("delete", file, e);
        }
    }

    /** The content, or empty where there is no such file. */
    public static Optional<byte[]> read(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateException.io("read", file, e);
        }
    }

    /** Gives a file another name, also where that has one; one that is not there needs none. */
    public static void move(Path file, Path to) {
        try {
            Files.move(file, to, StandardCopyOption.REPLACE_EXISTING);
            sync(parent(to));
        } catch (NoSuchFileException e) {
            // Somebody has taken it away.
        } catch (IOException e) {
            throw StateException.io("move", file, e);
        }
    }

    static void delete(Path file) {
        try {
            if (Files.deleteIfExists(file)) {
                sync(parent(file));
            }
        } catch (IOException e) {
            throw StateException.io("delete", file, e);
        }
    }

    /** Whether a file is there and was last written before. */
    static boolean writtenBefore(Path file, Instant time) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(time);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StateException.io("look at", file, e);
        }
    }

    static void createDirectories(Path directory) {
        try {
            for (Path parent : makeDirectories(directory)) {
                sync(parent);
            }
        } catch (IOException e) {
            throw StateException.io("create directory", directory, e);
        }
    }

    /** Makes a directory and those above it that are missing; those that have a new name in them, which is not durable yet. */
    static List<Path> makeDirectories(Path directory) {
        if (Files.isDirectory(directory)) {
            return List.of();
        }
        Path parent = parent(directory);
        List<Path> changed = new ArrayList<>(makeDirectories(parent));
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw StateException.io("create directory", directory, e);
            }
        } catch (IOException e) {
            throw StateException.io("create directory", directory, e);
        }
        changed.add(parent);
        return changed;
    }

    /** Names in a directory, sorted, unfinished files left out; none where the directory does not exist. */
    static List<String> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> !n.startsWith(UNFINISHED))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateException.io("list", directory, e);
        }
    }

    /** Removes what a write that was killed left behind. Only for the holder of the writer lock. */
    static void removeUnfinished(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith(UNFINISHED))
                    .toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Nothing was ever written there.
        } catch (IOException e) {
            throw StateException.io("clean", directory, e);
        }
    }

    /**
     * A short name, because a chain's name may be almost as long as a file name can be.
     *
     * @param number tells files apart that one thread writes together
     */
    static Path unfinished(Path file, int number) {
        return file.resolveSibling(
                UNFINISHED + Integer.toHexString(file.getFileName().toString().hashCode()) + "-"
                        + Thread.currentThread().threadId() + "-" + number);
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no parent: " + file);
        }
        return parent;
    }
}
