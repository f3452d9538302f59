package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class FileAnswerTest {
    @Test
    void knowsAnswersByTheirClassAndByTheirWords() {
        assertThat(FileAnswer.of(new AccessDeniedException("/a")))
                .isEqualTo(new FileAnswer(Errno.EACCES, "EACCES (permission denied)"));
        assertThat(FileAnswer.of(new IOException("No space left on device")).full())
                .isTrue();
        assertThat(FileAnswer.of(new FileSystemException("/a", null, "Read-only file system"))
                        .readOnly())
                .isTrue();
        assertThat(FileAnswer.of(new FileSystemException("/a", null, "Operation not permitted"))
                        .denied())
                .isTrue();
    }

    @Test
    void passesOnTheWordsThatItDoesNotKnow() {
        assertThat(FileAnswer.of(new IOException("Stale file handle")).text()).isEqualTo("Stale file handle");
        assertThat(FileAnswer.of(new IOException()).text()).isEqualTo("IOException");
    }
}
