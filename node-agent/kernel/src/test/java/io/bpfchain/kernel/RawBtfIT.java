package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Reads the kernel's own BTF, which has had an id since Linux 5.11: larger than the first buffer, so the second one is used. */
class RawBtfIT {
    private static final int VMLINUX = 1;
    private static final short MAGIC = (short) 0xeb9f;

    @Test
    void readsAllOfIt() throws BpfException {
        byte[] btf = RawBtf.byId(VMLINUX);

        assertThat(btf.length).isGreaterThan(1 << 20);
        assertThat(ByteBuffer.wrap(btf).order(ByteOrder.nativeOrder()).getShort())
                .isEqualTo(MAGIC);
    }
}
