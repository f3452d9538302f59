package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Support;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Probes of the running kernel. Versions are never compared, because features are backported. Most probes pass descriptors that do
 * not exist: a kernel that knows the flags gets as far as EBADF, one that does not says EINVAL at once. Nothing is attached and
 * nothing stays.
 */
public final class KernelFeatures {
    private static final Path VMLINUX_BTF = Path.of("/sys/kernel/btf/vmlinux");
    private static final int NO_FD = -1;
    private static final int CALL = 0x85;
    private static final int MOV64_IMM = 0xb7;
    private static final int EXIT = 0x95;
    private static final int KTIME_GET_COARSE_NS = 160;

    private KernelFeatures() {}

    /** What the planner needs to know. */
    public static Capabilities capabilities() {
        return new Capabilities(probeReplace(), probePositions());
    }

    /** BPF_F_REPLACE on cgroups (5.6). */
    public static Support probeReplace() {
        return probeFlags(Lists.ALLOW_MULTI | Lists.REPLACE);
    }

    /** BPF_F_BEFORE, BPF_F_AFTER and revisions on cgroups (6.17 and backports). */
    public static Support probePositions() {
        return probeFlags(Lists.ALLOW_MULTI | Lists.BEFORE);
    }

    private static Support probeFlags(int flags) {
        return byBadDescriptor(
                "BPF_PROG_ATTACH",
                Native.progAttach(NO_FD, AttachType.CGROUP_INET_EGRESS.code(), NO_FD, flags, NO_FD, 0, 0));
    }

    /** BPF_PROG_BIND_MAP (5.10). */
    public static Support probeBindMap() {
        return byBadDescriptor("BPF_PROG_BIND_MAP", Native.progBindMap(NO_FD, NO_FD));
    }

    /** Links on cgroups (5.7). */
    public static Support probeLinks() {
        return byBadDescriptor(
                "BPF_LINK_CREATE", Native.linkCreate(NO_FD, NO_FD, AttachType.CGROUP_INET_EGRESS.code()));
    }

    static Support byBadDescriptor(String call, int result) {
        return switch (-result) {
            case Errno.EBADF -> new Support.Supported();
            case Errno.EINVAL -> new Support.Unsupported();
            default -> new Support.Unknown(call + ": " + Errno.name(-result) + " instead of EBADF or EINVAL");
        };
    }

    /** Whether programs of this attach type can be loaded here and now. */
    public static Support probe(AttachType type) {
        return byLoading(type.programType().code(), type.code(), allow());
    }

    /** Memory of maps and programs is charged to the memory cgroup (5.11) rather than to RLIMIT_MEMLOCK: that kernel has this function. */
    public static Support probeMemoryByCgroup() {
        byte[] callThenAllow = ByteBuffer.allocate(Long.BYTES + allow().length)
                .order(ByteOrder.nativeOrder())
                .put(0, (byte) CALL)
                .putInt(4, KTIME_GET_COARSE_NS)
                .put(Long.BYTES, allow())
                .array();
        AttachType type = AttachType.CGROUP_INET_EGRESS;
        return byLoading(type.programType().code(), type.code(), callThenAllow);
    }

    private static Support byLoading(int programType, int attachType, byte[] instructions) {
        try (Fd _ = Programs.load(programType, attachType, instructions, "bpfchain_probe")) {
            return new Support.Supported();
        } catch (BpfException e) {
            return e.errno() == Errno.EINVAL
                    ? new Support.Unsupported()
                    : new Support.Unknown(e.call() + ": " + e.errnoName());
        }
    }

    /** Whether this process may use bpf(2) at all: it can make a small map. */
    public static Support probeSystemCall() {
        try (MapHandle _ = MapHandle.create(MapInfo.ARRAY, Integer.BYTES, Integer.BYTES, 1, 0, "bpfchain_probe")) {
            return new Support.Supported();
        } catch (BpfException e) {
            return new Support.Unknown(
                    e.call() + ": " + e.errnoName() + Privileges.read().whyDenied());
        }
    }

    /** Whether programs of others can be looked at by id. */
    public static Support probeById() {
        try {
            Programs.nextId(0);
            return new Support.Supported();
        } catch (BpfException e) {
            return e.errno() == Errno.EPERM
                    ? new Support.Unsupported()
                    : new Support.Unknown(e.call() + ": " + e.errnoName());
        }
    }

    /** The kernel's own BTF, which CO-RE relocations need. */
    public static Support probeVmlinuxBtf() {
        return Files.isReadable(VMLINUX_BTF) ? new Support.Supported() : new Support.Unsupported();
    }

    private static byte[] allow() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .put(0, (byte) MOV64_IMM)
                .putInt(4, 1)
                .put(8, (byte) EXIT)
                .array();
    }
}
