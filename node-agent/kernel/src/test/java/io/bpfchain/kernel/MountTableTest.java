package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void readsOptionalFieldsAndEscapes() {
        assertThat(MountTable.parse("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - bpf bpf rw,mode=700\n"))
                .isEqualTo(new MountTable(List.of(new MountTable.Mount(36, 35, "/mnt1", "/mnt 2", "bpf", false))));
    }

    @Test
    void isReadOnlyByTheMountOrByTheFileSystem() {
        assertThat(MountTable.parse("""
                1 2 0:3 / /a ro,relatime - bpf bpf rw
                1 2 0:3 / /b rw,relatime - bpf bpf ro
                """).mounts())
                .extracting(MountTable.Mount::readOnly)
                .containsExactly(true, true);
    }

    @Test
    void readsOnBehindAMountPointThatIsNotUtf8() {
        String text = new String(
                "1 2 0:3 / /\u00ff\u0085x rw - tmpfs t rw\n2 2 0:3 / /b rw - bpf bpf rw\n"
                        .getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.UTF_8);

        assertThat(MountTable.parse(text).mounts())
                .extracting(MountTable.Mount::fileSystem)
                .containsExactly("tmpfs", "bpf");
    }

    @Test
    void saysWhichMountAPathLiesOn() {
        MountTable table = MountTable.parse("""
                1 0 0:1 / / rw - ext4 d rw
                2 1 0:2 / /a rw - tmpfs t rw
                3 2 0:3 / /a rw - bpf bpf rw
                """);

        assertThat(table.holding("/a/b").map(MountTable.Mount::id)).contains(3);
        assertThat(table.holding("/ab").map(MountTable.Mount::id)).contains(1);
        assertThat(table.reachable("tmpfs")).isEmpty();
        assertThat(table.reachable("bpf")).hasSize(1);
    }
}
