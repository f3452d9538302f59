package io.bpfchain.planner;

import java.util.Arrays;
import java.util.Optional;

/**
 * The cgroup attach types of the kernel ({@code enum bpf_attach_type} in {@code include/uapi/linux/bpf.h}) under bpftool's names;
 * types newer than bpftool 7.1 follow the same pattern. {@code lsm_cgroup} is left out on purpose: it has one list for each LSM
 * hook, so (cgroup, attach type) does not name a list there.
 */
public enum AttachType {
    CGROUP_INET_INGRESS(0, ProgramType.CGROUP_SKB),
    CGROUP_INET_EGRESS(1, ProgramType.CGROUP_SKB),
    CGROUP_INET_SOCK_CREATE(2, ProgramType.CGROUP_SOCK),
    CGROUP_SOCK_OPS(3, ProgramType.SOCK_OPS),
    CGROUP_DEVICE(6, ProgramType.CGROUP_DEVICE),
    CGROUP_INET4_BIND(8, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET6_BIND(9, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET4_CONNECT(10, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET6_CONNECT(11, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET4_POST_BIND(12, ProgramType.CGROUP_SOCK),
    CGROUP_INET6_POST_BIND(13, ProgramType.CGROUP_SOCK),
    CGROUP_UDP4_SENDMSG(14, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UDP6_SENDMSG(15, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_SYSCTL(18, ProgramType.CGROUP_SYSCTL),
    CGROUP_UDP4_RECVMSG(19, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UDP6_RECVMSG(20, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_GETSOCKOPT(21, ProgramType.CGROUP_SOCKOPT),
    CGROUP_SETSOCKOPT(22, ProgramType.CGROUP_SOCKOPT),
    CGROUP_INET4_GETPEERNAME(29, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET6_GETPEERNAME(30, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET4_GETSOCKNAME(31, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET6_GETSOCKNAME(32, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_INET_SOCK_RELEASE(34, ProgramType.CGROUP_SOCK),
    CGROUP_UNIX_CONNECT(49, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UNIX_SENDMSG(50, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UNIX_RECVMSG(51, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UNIX_GETPEERNAME(52, ProgramType.CGROUP_SOCK_ADDR),
    CGROUP_UNIX_GETSOCKNAME(53, ProgramType.CGROUP_SOCK_ADDR);

    private final int code;
    private final ProgramType programType;

    AttachType(int code, ProgramType programType) {
        this.code = code;
        this.programType = programType;
    }

    /** The number in {@code enum bpf_attach_type}. */
    public int code() {
        return code;
    }

    /** The only program type that the kernel accepts here. */
    public ProgramType programType() {
        return programType;
    }

    /** bpftool's name, for example {@code cgroup_inet_egress}. */
    public String bpftoolName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The type with this bpftool name, or empty. */
    public static Optional<AttachType> ofName(String name) {
        return Arrays.stream(values()).filter(t -> t.bpftoolName().equals(name)).findFirst();
    }

    /** The type with this number, or empty. */
    public static Optional<AttachType> ofCode(int code) {
        return Arrays.stream(values()).filter(t -> t.code == code).findFirst();
    }

    @Override
    public String toString() {
        return bpftoolName();
    }
}
