package io.bpfchain.kernel.map;

import java.util.Locale;
import java.util.Optional;

/** {@code enum bpf_map_type} of {@code include/uapi/linux/bpf.h}, under bpftool's names. */
public enum MapType {
    UNSPEC(0),
    HASH(1),
    ARRAY(2),
    PROG_ARRAY(3),
    PERF_EVENT_ARRAY(4),
    PERCPU_HASH(5),
    PERCPU_ARRAY(6),
    STACK_TRACE(7),
    CGROUP_ARRAY(8),
    LRU_HASH(9),
    LRU_PERCPU_HASH(10),
    LPM_TRIE(11),
    ARRAY_OF_MAPS(12),
    HASH_OF_MAPS(13),
    DEVMAP(14),
    SOCKMAP(15),
    CPUMAP(16),
    XSKMAP(17),
    SOCKHASH(18),
    CGROUP_STORAGE(19),
    REUSEPORT_SOCKARRAY(20),
    PERCPU_CGROUP_STORAGE(21),
    QUEUE(22),
    STACK(23),
    SK_STORAGE(24),
    DEVMAP_HASH(25),
    STRUCT_OPS(26),
    RINGBUF(27),
    INODE_STORAGE(28),
    TASK_STORAGE(29),
    BLOOM_FILTER(30),
    USER_RINGBUF(31),
    CGRP_STORAGE(32),
    ARENA(33),
    INSN_ARRAY(34);

    private final int code;

    MapType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** bpftool's name: {@code lpm_trie}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this number, where it is known. */
    public static Optional<MapType> of(int code) {
        for (MapType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** bpftool's name, or {@code type 99}. */
    public static String text(int code) {
        return of(code).map(MapType::text).orElse("type " + code);
    }

    /** Whether a value exists once for each possible CPU. */
    public boolean perCpu() {
        return this == PERCPU_HASH || this == PERCPU_ARRAY || this == LRU_PERCPU_HASH || this == PERCPU_CGROUP_STORAGE;
    }

    /** Whether the keys are the indexes 0 to max_entries - 1, which always exist. */
    public boolean indexed() {
        return this == ARRAY || this == PERCPU_ARRAY;
    }
}
