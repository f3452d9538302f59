package io.bpfchain.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
    /** Its target may be on a disk that is not mounted at the moment, which is nobody's wish to delete the chain. */
    @Test
    void takesALinkThatLeadsNowhereForAFileThatCannotBeRead(@TempDir Path directory) throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("a.yaml"), directory.resolve("nowhere"));

        Seen seen = new Folder(directory, Duration.ZERO).look(Instant.parse("2026-11-03T10:00:00Z"));

        assertThat(seen)
                .isInstanceOfSatisfying(
                        Seen.Listed.class,
                        listed -> assertThat(listed.files())
                                .containsOnlyKeys("a.yaml")
                                .extractingByKey("a.yaml")
                                .isInstanceOfSatisfying(
                                        Seen.File.Invalid.class,
                                        invalid -> assertThat(invalid.errors())
                                                .containsExactly(link + ": the link leads nowhere")));
    }
}
