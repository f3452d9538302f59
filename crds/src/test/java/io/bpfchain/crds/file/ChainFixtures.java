package io.bpfchain.crds.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The chain files of the tests. {@code valid-*} are accepted. {@code invalid-*} are refused with exactly the errors in their leading
 * comments, {@code # expect: LINE: PATH: MESSAGE}; {@code invalid-file-*} are those that an API server never sees as they are.
 */
final class ChainFixtures {
    private static final Path DIRECTORY = Path.of("src/test/resources/chains");
    private static final String EXPECT = "# expect: ";

    private ChainFixtures() {}

    static List<Path> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> named(String prefix) {
        return all().stream()
                .filter(p -> p.getFileName().toString().startsWith(prefix))
                .toList();
    }

    static String text(Path fixture) {
        try {
            return Files.readString(fixture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The errors that a fixture expects: line, path and message. */
    static List<String> expected(Path fixture) {
        return text(fixture)
                .lines()
                .filter(l -> l.startsWith(EXPECT))
                .map(l -> l.substring(EXPECT.length()))
                .toList();
    }
}
