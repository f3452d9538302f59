package io.bpfchain.agent.bench;

import java.util.Arrays;
import java.util.List;

/** Durations of one side, in nanoseconds. */
record Samples(long[] sorted) {
    Samples {
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    static Samples of(List<Long> nanoseconds) {
        return new Samples(nanoseconds.stream().mapToLong(Long::longValue).toArray());
    }

    long median() {
        return sorted[sorted.length / 2];
    }

    long p99() {
        return sorted[Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * 0.99) - 1)];
    }

    /** Every sample divided, for batches. */
    Samples per(int operations) {
        return new Samples(Arrays.stream(sorted).map(n -> n / operations).toArray());
    }
}
