package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryListingIT {
    @TempDir
    private Path directory;

    /** More than one call of getdents64(2) brings. */
    @Test
    void listsDirectoriesWithTheNumbersThatTheyHave() throws IOException {
        List<DirectoryListing.Child> expected = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            Path child =
                    Files.createDirectory(directory.resolve("ünit-" + i + "-of-a-name-that-takes-some-room.slice"));
            expected.add(new DirectoryListing.Child(
                    child.getFileName().toString(), ((Number) Files.getAttribute(child, "unix:ino")).longValue()));
        }
        Files.createFile(directory.resolve("cgroup.procs"));
        Files.createSymbolicLink(
                directory.resolve("link"), directory.resolve("ünit-1-of-a-name-that-takes-some-room.slice"));

        assertThat(DirectoryListing.directories(directory)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void tellsWhatIsNotThereFromWhatIsNoDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DirectoryListing.directories(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> DirectoryListing.directories(file)).isInstanceOf(NotDirectoryException.class);
    }
}
