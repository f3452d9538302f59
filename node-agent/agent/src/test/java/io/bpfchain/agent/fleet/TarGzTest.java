package io.bpfchain.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.testing.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarGzTest {
    @TempDir
    Path directory;

    @Test
    void isWhatTarReads() throws IOException {
        Path archive = directory.resolve("a.tar.gz");
        String longPath = "x/" + "y".repeat(90) + "/" + "z".repeat(90);
        try (TarGz tar = new TarGz(Files.newOutputStream(archive), Instant.parse("2026-11-03T10:00:00Z"))) {
            tar.add("x/empty", new byte[0]);
            tar.add("x/block", "b".repeat(512).getBytes(StandardCharsets.UTF_8));
            tar.add(longPath, "long".getBytes(StandardCharsets.UTF_8));
        }

        Commands.run("tar", "-xzf", archive.toString(), "-C", directory.toString());

        assertThat(directory.resolve("x/empty")).isEmptyFile();
        assertThat(directory.resolve("x/block")).hasContent("b".repeat(512));
        assertThat(directory.resolve(longPath)).hasContent("long");
        assertThat(Files.getLastModifiedTime(directory.resolve("x/empty")).toInstant())
                .isEqualTo(Instant.parse("2026-11-03T10:00:00Z"));
    }

    @Test
    void refusesAPathThatAnArchiveCannotHold() throws IOException {
        OutputStream out = new ByteArrayOutputStream();
        try (TarGz tar = new TarGz(out, Instant.EPOCH)) {
            assertThatThrownBy(() -> tar.add("n".repeat(101), new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
