package io.bpfchain.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Expected outputs as files. {@code -Dgoldens.update=true} writes them anew; what changed is then to be read in the diff. */
final class Goldens {
    static final Path RESOURCES = Path.of("src/test/resources/cli");

    private Goldens() {}

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(RESOURCES.resolve("golden"))) {
            return files.sorted().toList();
        }
    }

    /** The expected text; when updating, the actual one after it was written. */
    static String expected(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("goldens.update")) {
            Files.writeString(file, actual);
        }
        return Files.readString(file);
    }
}
