package io.bpfchain.kernel.object;

import io.bpfchain.kernel.Bpffs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Directories of pins. A load fills one that is named as unfinished and renames it, so one without that prefix is complete, and one with
 * it belongs to a load that is running or was killed ({@link Bpffs#sweep}).
 */
final class PinDirectories {
    private PinDirectories() {}

    static Path unfinished(Path pinDirectory) {
        return pinDirectory.resolveSibling(Bpffs.STAGING + pinDirectory.getFileName());
    }

    /** What is pinned in a directory. */
    static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    /** Removes a directory and the pins in it; nothing when it is not there. */
    static void remove(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.list(directory)) {
            List<Path> pins = paths.toList();
            for (Path pin : pins) {
                Files.deleteIfExists(pin);
            }
        }
        Files.deleteIfExists(directory);
    }
}
