package io.bpfchain.kernel.map;

import io.bpfchain.kernel.object.MapDefinition;

/** How much kernel memory a map takes, for messages: an estimate by the kernel's own formulas (map_mem_usage), for a full map. */
public final class MapSize {
    private static final long HASH_ELEMENT = 48;
    private static final long HASH_BUCKET = 16;
    private static final long LPM_NODE = 40;
    private static final long POINTER = 8;
    private static final long PAGE = 4096;

    private MapSize() {}

    /**
     * Bytes.
     *
     * @param cpus possible CPUs
     */
    public static long estimate(MapDefinition map, int cpus) {
        long entries = Integer.toUnsignedLong(map.maxEntries());
        long key = roundUp8(map.keySize());
        long value = roundUp8(map.valueSize());
        long plain = entries * (key + value + HASH_ELEMENT);
        MapType type = MapType.of(map.type()).orElse(MapType.UNSPEC);
        return switch (type) {
            case ARRAY -> entries * value;
            case PERCPU_ARRAY -> entries * (POINTER + cpus * value);
            case HASH, LRU_HASH -> plain + cpus * (key + value + HASH_ELEMENT) + buckets(entries);
            case PERCPU_HASH, LRU_PERCPU_HASH ->
                (entries + cpus) * (key + POINTER + HASH_ELEMENT) + entries * cpus * value + buckets(entries);
            // n prefixes need at most n - 1 nodes between them.
            case LPM_TRIE -> 2 * entries * (LPM_NODE + roundUp8(map.keySize() - 4 + map.valueSize()));
            case RINGBUF, USER_RINGBUF -> entries + 3 * PAGE;
            case ARENA -> entries * PAGE;
            case QUEUE, STACK -> (entries + 1) * map.valueSize();
            case BLOOM_FILTER -> Math.max(PAGE, entries);
            case PROG_ARRAY,
                    PERF_EVENT_ARRAY,
                    CGROUP_ARRAY,
                    ARRAY_OF_MAPS,
                    DEVMAP,
                    SOCKMAP,
                    CPUMAP,
                    XSKMAP,
                    REUSEPORT_SOCKARRAY,
                    INSN_ARRAY -> entries * POINTER;
            case HASH_OF_MAPS, SOCKHASH, DEVMAP_HASH, STACK_TRACE, STRUCT_OPS, UNSPEC -> plain + buckets(entries);
            // They grow with the sockets, inodes, tasks and cgroups that use them; one value each.
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> value;
        };
    }

    private static long buckets(long entries) {
        return HASH_BUCKET * (entries <= 1 ? 1 : Long.highestOneBit(entries - 1) << 1);
    }

    private static long roundUp8(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
