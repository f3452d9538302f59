package io.bpfchain.kernel.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KernelBtfIT {
    @Test
    void readsTheRunningKernelsOwnBtf() throws IOException {
        byte[] raw = Files.readAllBytes(Path.of("/sys/kernel/btf/vmlinux"));
        assertThat(Btf.parse(raw)).isInstanceOfSatisfying(BtfOutcome.Parsed.class, p -> {
            Btf btf = p.btf();
            assertThat(btf.count()).isGreaterThan(10_000);
            for (int id = 0; id < btf.count(); id++) {
                assertThat(btf.describe(id)).isNotNull();
            }
        });
    }
}
