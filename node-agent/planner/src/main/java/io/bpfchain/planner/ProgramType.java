package io.bpfchain.planner;

/** The program types that cgroup attach types take ({@code enum bpf_prog_type} in {@code include/uapi/linux/bpf.h}). */
public enum ProgramType {
    CGROUP_SKB(8),
    CGROUP_SOCK(9),
    SOCK_OPS(13),
    CGROUP_DEVICE(15),
    CGROUP_SOCK_ADDR(18),
    CGROUP_SYSCTL(23),
    CGROUP_SOCKOPT(25);

    private final int code;

    ProgramType(int code) {
        this.code = code;
    }

    /** The number in {@code enum bpf_prog_type}. */
    public int code() {
        return code;
    }

    /** bpftool's name, for example {@code cgroup_skb}. */
    public String bpftoolName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
