package io.bpfchain.kernel.object;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Directories of pins. A load fills {@code tmp_<name>} and renames it, so a directory without that prefix is complete, and one with it
 * belongs to a load that is running or was killed.
 */
public final class PinDirectories {
    private static final String UNFINISHED = "tmp_";

    private PinDirectories() {}

    static Path unfinished(Path pinDirectory) {
        return pinDirectory.resolveSibling(UNFINISHED + pinDirectory.getFileName());
    }

    /** Removes a directory and the pins in it; nothing when it is not there. */
    public static void remove(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        for (Path pin : list(directory)) {
            Files.deleteIfExists(pin);
        }
        Files.deleteIfExists(directory);
    }

    /**
     * Removes what killed loads left in a directory of pin directories. The caller must be the only writer there.
     *
     * @return what was removed
     */
    public static List<Path> removeUnfinished(Path parent) throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path directory : list(parent)) {
            if (directory.getFileName().toString().startsWith(UNFINISHED)) {
                remove(directory);
                removed.add(directory);
            }
        }
        return removed;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.toList();
        }
    }
}
