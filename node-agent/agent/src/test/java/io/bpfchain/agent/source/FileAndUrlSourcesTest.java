package io.bpfchain.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.source.Sources.Fetched;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.SourceSpec.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAndUrlSourcesTest {
    private static final String HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path directory;

    @Test
    void readsAFileRelativeToTheChainFile() throws IOException {
        Path file = Files.writeString(
                Files.createDirectory(directory.resolve("bpf")).resolve("a.o"), "hello");
        assertThat(fetch("bpf/a.o", null)).isEqualTo(new Fetched.Bytes(file, HELLO));
        assertThat(fetch(file.toString(), null)).isEqualTo(new Fetched.Bytes(file, HELLO));
    }

    @Test
    void checksADigestWhereThereIsOne() throws IOException {
        Path file = Files.writeString(directory.resolve("a.o"), "hello");
        assertThat(fetch("a.o", HELLO)).isEqualTo(new Fetched.Bytes(file, HELLO));
        assertThat(fetch("a.o", HELLO.substring(7))).isEqualTo(new Fetched.Bytes(file, HELLO));
        String other = "sha256:" + "0".repeat(64);
        assertThat(refused("a.o", other))
                .isEqualTo(new Problem(
                        Problem.Kind.INVALID,
                        "DigestMismatch",
                        file.toString(),
                        "check " + file + ": its digest is " + HELLO + ", the chain asks for " + other,
                        "Write the new digest into the chain if the file was changed on purpose."));
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        assertThat(refused("missing.o", null).message())
                .isEqualTo("read " + directory.resolve("missing.o") + ": no such file");
        assertThat(refused("", null).message()).endsWith(": not a regular file");
        Files.write(directory.resolve("large.o"), new byte[1001]);
        assertThat(refused("large.o", null).message())
                .isEqualTo("read " + directory.resolve("large.o") + ": 1001 bytes, more than the limit of 1000");
    }

    private Fetched fetch(String path, @Nullable String sha256) {
        return new FileAndUrlSources(
                        directory.resolve("downloads"),
                        new Limits(1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                        () -> {
                            throw new AssertionError("a file needs no client");
                        })
                .fetch(SourceSpec.file(new FileSource(path, sha256)), directory);
    }

    private Problem refused(String path, @Nullable String sha256) {
        return ((Fetched.Refused) fetch(path, sha256)).problem();
    }
}
