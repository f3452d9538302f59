package io.bpfchain.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.SourceSpec.OciSource;
import io.bpfchain.operator.revision.Sources.Artifacts.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes from a real registry. */
class RegistryArtifactsIT {
    private static final String FILE = "application/octet-stream";
    private static final String ARCHIVE = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final byte[] V1 = bytes("version 1");
    private static final byte[] V2 = bytes("version 2");

    @TempDir
    private static Path directory;

    private static LocalRegistry registry;
    private final RegistryArtifacts artifacts = new RegistryArtifacts(RegistryAccess.anonymous(), 1);

    @BeforeAll
    static void start() throws IOException {
        registry = new LocalRegistry(directory);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Answer fetch(String image) {
        return artifacts.fetch(new OciSource(registry.image(image), null));
    }

    private Answer fetch(String image, String digest) {
        return artifacts.fetch(new OciSource(registry.image(image), digest));
    }

    private static void assertFound(Answer answer, String manifest, byte[] bytes) {
        assertThat(answer).isInstanceOfSatisfying(Answer.Found.class, found -> {
            assertThat(found.manifest()).isEqualTo(manifest);
            assertThat(found.bytes()).isEqualTo(bytes);
        });
    }

    private static void assertMissing(Answer answer, String... why) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Missing.class,
                        missing -> assertThat(missing.message())
                                .startsWith("fetch 127.0.0.1:")
                                .contains(why));
    }

    @Test
    void aTagIsWhatItNamesNowAndADigestWhatItAlwaysNamed() {
        String first = registry.push("team/fw:1.4", FILE, V1);
        assertFound(fetch("team/fw:1.4"), first, V1);

        String second = registry.push("team/fw:1.4", FILE, V2);
        assertFound(fetch("team/fw:1.4"), second, V2);
        assertFound(fetch("team/fw:1.4", first), first, V1);
    }

    @Test
    void theFileOfABytecodeImageIsTakenOutOfItsLayer() throws IOException {
        String manifest = registry.push("bytecode:1", ARCHIVE, archive("program.o"));

        assertFound(fetch("bytecode:1"), manifest, bytes("program.o"));
    }

    @Test
    void anArchiveWithoutExactlyOneFileIsRefused() throws IOException {
        registry.push("two:1", ARCHIVE, archive("a.o", "b.o"));
        registry.push("none:1", ARCHIVE, archive());
        registry.push("torn:1", ARCHIVE, bytes("no archive"));
        registry.push("zstd:1", "application/vnd.oci.image.layer.v1.tar+zstd", V1);

        assertMissing(fetch("two:1"), "the archive of its layer holds more than one file");
        assertMissing(fetch("none:1"), "the archive of its layer holds no file");
        assertMissing(fetch("torn:1"), "its layer is not the archive that its type says");
        assertMissing(fetch("zstd:1"), "tar and tar with gzip are read");
    }

    /** A file with its own name as content for each name, and a directory, as images have them. */
    private static byte[] archive(String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream archive = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
            archive.putArchiveEntry(new TarArchiveEntry("directory/"));
            archive.closeArchiveEntry();
            for (String name : names) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(name.length());
                archive.putArchiveEntry(entry);
                archive.write(bytes(name));
                archive.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertMissing(fetch("team/none:1"), "no such repository, tag or digest (404)");
        registry.push("there:1", FILE, V1);
        assertMissing(fetch("there:2"), "(404)");
        assertMissing(fetch("there:1", "sha256:" + "0".repeat(64)), "(404)");
    }

    @Test
    void severalLayersAndLargeOnesAreRefused() {
        registry.push("layers:1", FILE, V1, V2);
        registry.push("large:1", FILE, new byte[RegistryArtifacts.MOST_BYTES + 1]);

        assertMissing(fetch("layers:1"), "it has 2 layers");
        assertMissing(fetch("large:1"), "1000001 bytes, more than the limit of 1000000");
    }

    @Test
    void tamperedBytesAreRefusedByTheirDigest() {
        byte[] blob = bytes("the blob that is tampered with");
        registry.push("tampered:1", FILE, blob);
        registry.tamper(blob, "the blob that was tampered wit");

        assertMissing(fetch("tampered:1"), "digest");
    }

    @Test
    void aRegistryThatIsNotThereIsSaidAtOnce() {
        assertMissing(artifacts.fetch(new OciSource("127.0.0.1:1/fw:1", null)), "127.0.0.1:1/fw:1: ");
    }
}
