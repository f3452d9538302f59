package io.bpfchain.kernel;

import java.nio.ByteBuffer;

/** BTF that the kernel holds, as raw bytes. By id needs CAP_SYS_ADMIN, also for BTF of one's own. */
public final class RawBtf {
    private static final int FIRST_SIZE = 64 * 1024;

    private RawBtf() {}

    /** The bytes of the BTF with this id; EPERM without CAP_SYS_ADMIN. */
    public static byte[] byId(int id) throws BpfException {
        String what = "BTF " + Integer.toUnsignedString(id);
        try (Fd fd = Fd.check("BPF_BTF_GET_FD_BY_ID", what, Native.fdById(Native.BTF_GET_FD_BY_ID, id))) {
            ByteBuffer data = MapHandle.allocate(FIRST_SIZE);
            int size = BpfException.check("BPF_OBJ_GET_INFO_BY_FD", fd, Native.btfData(fd.number(), data));
            if (size > data.capacity()) {
                data = MapHandle.allocate(size);
                size = BpfException.check("BPF_OBJ_GET_INFO_BY_FD", fd, Native.btfData(fd.number(), data));
            }
            byte[] bytes = new byte[Math.min(size, data.capacity())];
            data.get(0, bytes);
            return bytes;
        }
    }
}
