package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.WriterLock.Attempt;
import io.bpfchain.kernel.testing.LockHolder;
import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestBpffs;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class WriterLockIT {
    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();
    private final TestBpffs mount = TestBpffs.mount();
    private final Bpffs bpffs = new Bpffs(mount.directory());

    @AfterEach
    void leavesNoDescriptorBehind() {
        mount.close();
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void letsOneWriterIn() throws IOException {
        try (WriterLock lock = acquired(WriterLock.acquire(bpffs, Duration.ZERO))) {
            assertThat(WriterLock.acquire(bpffs, Duration.ofMillis(20)))
                    .isInstanceOfSatisfying(
                            Attempt.Held.class,
                            held -> assertThat(held.holder())
                                    .startsWith(
                                            "process " + ProcessHandle.current().pid() + " ("));
            assertThat(lock).isNotNull();
        }
        acquired(WriterLock.acquire(bpffs, Duration.ZERO)).close();
    }

    @Test
    void namesAnotherProcessAndGetsInWhenThatDies() throws IOException {
        Process other = LockHolder.start(mount.directory());
        try {
            assertThat(WriterLock.acquire(bpffs, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            Attempt.Held.class,
                            held -> assertThat(held.holder())
                                    .startsWith("process " + other.pid() + " (")
                                    .contains("LockHolder"));
            CompletableFuture<Attempt> waiting = CompletableFuture.supplyAsync(() -> acquireUnchecked(bpffs));

            other.destroyForcibly();

            acquired(waiting.join()).close();
        } finally {
            other.destroyForcibly();
        }
    }

    private static Attempt acquireUnchecked(Bpffs bpffs) {
        try {
            return WriterLock.acquire(bpffs, Duration.ofSeconds(30));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static WriterLock acquired(Attempt attempt) {
        assertThat(attempt).isInstanceOf(Attempt.Acquired.class);
        return ((Attempt.Acquired) attempt).lock();
    }
}
