package io.bpfchain.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadFilesTest {
    private static final int MOST = 2;

    @TempDir
    private Path directory;

    private final List<Path> reads = new ArrayList<>();
    private final ReadFiles<String> files = new ReadFiles<>(MOST, file -> {
        reads.add(file);
        return DurableFiles.read(file).map(b -> new String(b, StandardCharsets.UTF_8));
    });
    private Path file = Path.of("/");

    @BeforeEach
    void writesAFile() {
        file = directory.resolve("a");
        DurableFiles.write(file, "first".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsAFileOnce() {
        assertThat(files.read(file)).contains("first");
        assertThat(files.read(file)).contains("first");

        assertThat(reads).hasSize(1);
    }

    @Test
    void readsAFileAgainThatWasReplaced() throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        files.read(file);

        DurableFiles.write(file, "other".getBytes(StandardCharsets.UTF_8));
        Files.setLastModifiedTime(file, time); // another file, of the same time and length

        assertThat(files.read(file)).contains("other");
    }

    @Test
    void findsNothingWhereAFileIsGone() throws IOException {
        files.read(file);
        Files.delete(file);

        assertThat(files.read(file)).isEmpty();
    }

    @Test
    void remembersTheLatestOnly() {
        for (String name : List.of("b", "c")) {
            DurableFiles.write(directory.resolve(name), name.getBytes(StandardCharsets.UTF_8));
        }
        files.read(file);
        files.read(directory.resolve("b"));
        files.read(directory.resolve("c"));
        reads.clear();

        files.read(directory.resolve("c"));
        files.read(file);

        assertThat(reads).containsExactly(file);
    }

    @Test
    void readsAgainWhatItWasToldToForget() {
        files.read(file);
        files.forget(file);
        files.read(file);

        assertThat(reads).hasSize(2);
    }
}
