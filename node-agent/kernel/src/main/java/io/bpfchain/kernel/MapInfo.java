package io.bpfchain.kernel;

/**
 * {@code struct bpf_map_info} of a live map.
 *
 * @param type {@code enum bpf_map_type}
 * @param keySize bytes
 * @param valueSize bytes; of one CPU in a per-CPU map
 * @param flags BPF_F_*
 * @param name at most 15 characters
 * @param btfId 0 where the map has no BTF
 * @param btfKeyTypeId in that BTF
 * @param btfValueTypeId in that BTF
 * @param extra {@code map_extra} (5.16)
 */
public record MapInfo(
        int id,
        int type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        String name,
        int btfId,
        int btfKeyTypeId,
        int btfValueTypeId,
        long extra) {
    /** BPF_MAP_TYPE_ARRAY. */
    public static final int ARRAY = 2;

    private static final int PERCPU_HASH = 5;
    private static final int PERCPU_ARRAY = 6;
    private static final int LRU_PERCPU_HASH = 10;
    private static final int PERCPU_CGROUP_STORAGE = 21;

    /** Whether each possible CPU has a value of its own. */
    public boolean perCpu() {
        return type == PERCPU_HASH || type == PERCPU_ARRAY || type == LRU_PERCPU_HASH || type == PERCPU_CGROUP_STORAGE;
    }

    /** How long a value is on the way to and from the kernel. */
    public int valueBytes(int possibleCpus) {
        return perCpu() ? (valueSize + 7) / 8 * 8 * possibleCpus : valueSize;
    }
}
