package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void readsOptionalFieldsAndEscapes() {
        assertThat(MountTable.parse("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - bpf bpf rw,mode=700"))
                .isEqualTo(new MountTable.Mount(Path.of("/mnt 2"), "bpf", false));
    }

    @Test
    void isReadOnlyByTheMountOrByTheFileSystem() {
        assertThat(MountTable.parse("1 2 0:3 / /a ro,relatime - bpf bpf rw").readOnly())
                .isTrue();
        assertThat(MountTable.parse("1 2 0:3 / /a rw,relatime - bpf bpf ro").readOnly())
                .isTrue();
    }
}
