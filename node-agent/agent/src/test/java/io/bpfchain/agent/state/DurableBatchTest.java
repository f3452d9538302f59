package io.bpfchain.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableBatchTest {
    @TempDir
    Path root;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> root.relativize(f).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void writesAndReplacesFilesInDirectoriesThatItMakes() throws IOException {
        Files.writeString(root.resolve("old"), "before");
        DurableBatch batch = new DurableBatch();
        batch.add(root.resolve("old"), bytes("after"));
        for (int i = 0; i < 40; i++) {
            batch.add(root.resolve("deep/er/" + i), bytes("content " + i));
        }
        batch.write();

        assertThat(files()).hasSize(41).noneMatch(f -> f.contains(DurableFiles.UNFINISHED));
        assertThat(root.resolve("old")).hasContent("after");
        assertThat(root.resolve("deep/er/39")).hasContent("content 39");
    }

    @Test
    void keepsFilesApartWhoseNamesHaveTheSameHash() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        DurableBatch batch = new DurableBatch();
        batch.add(root.resolve("Aa"), bytes("one"));
        batch.add(root.resolve("BB"), bytes("two"));
        batch.write();

        assertThat(root.resolve("Aa")).hasContent("one");
        assertThat(root.resolve("BB")).hasContent("two");
    }

    @Test
    void leavesWhatWasThereWhereOneCannotBeWritten() throws IOException {
        Files.writeString(root.resolve("old"), "before");
        Files.writeString(root.resolve("file"), "no directory");
        DurableBatch batch = new DurableBatch();
        batch.add(root.resolve("old"), bytes("after"));
        batch.add(root.resolve("file/below"), bytes("cannot be"));

        assertThatThrownBy(batch::write)
                .isInstanceOf(StateException.class)
                .hasMessageContaining(root.resolve("file").toString());
        assertThat(root.resolve("old")).hasContent("before");
    }

    @Test
    void anEmptyOneWritesNothing() throws IOException {
        new DurableBatch().write();
        assertThat(files()).isEmpty();
    }
}
