package io.bpfchain.kernel.object;

/** An estimate of the kernel memory that a map takes when it is created, for messages about lack of it ({@code kernel/bpf/*map.c}). */
final class MapMemory {
    private static final int HASH = 1;
    private static final int ARRAY = 2;
    private static final int PERCPU_HASH = 5;
    private static final int PERCPU_ARRAY = 6;
    private static final int LRU_HASH = 9;
    private static final int LRU_PERCPU_HASH = 10;
    private static final int LPM_TRIE = 11;
    private static final int RINGBUF = 27;

    /** Of an element of a hash table, and of a node of a trie, beside key and value. */
    private static final long ELEMENT = 48;

    private static final long POINTER = 8;

    private MapMemory() {}

    /** Bytes. */
    static long estimate(MapDefinition map, int possibleCpus) {
        long entries = map.maxEntries();
        long key = aligned(map.keySize());
        long value = aligned(map.valueSize());
        return switch (map.type()) {
            case HASH, LRU_HASH -> entries * (ELEMENT + key + value) + buckets(entries);
            case PERCPU_HASH, LRU_PERCPU_HASH ->
                entries * (ELEMENT + key + POINTER + value * possibleCpus) + buckets(entries);
            case ARRAY -> entries * value;
            case PERCPU_ARRAY -> entries * (POINTER + value * possibleCpus);
            case LPM_TRIE -> entries * (ELEMENT + key + value);
            case RINGBUF -> entries;
            default -> entries * (key + value + POINTER);
        };
    }

    private static long buckets(long entries) {
        return 2 * POINTER * Long.highestOneBit(Math.max(1, entries * 2 - 1));
    }

    private static long aligned(long size) {
        return (size + 7) / 8 * 8;
    }
}
