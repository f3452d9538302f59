package io.bpfchain.operator;

/**
 * Gives memory back once there is nothing to do: what a start or many changes left in the heap stays there until it is full, because only
 * then is all of it looked through. Looked at regularly, it collects where little was allocated since the last look and much more
 * lies in the heap than after the last collection, so that no change waits for it.
 */
final class IdleHeap implements Runnable {
    private static final long MEBIBYTE = 1 << 20;
    /** Watches, the Lease and regular looks allocate less between two looks. */
    private static final long IDLE = 4 * MEBIBYTE;

    private static final long WORTH_IT = 6 * MEBIBYTE;

    private final Heap heap;
    private long last;
    private long afterCollection;

    /** A heap. */
    interface Heap {
        /** Bytes, dead objects included. */
        long used();

        /** Looks through all of it. */
        void collect();
    }

    IdleHeap(Heap heap) {
        this.heap = heap;
        this.last = Long.MAX_VALUE;
    }

    /** Of this process. */
    static IdleHeap ofProcess() {
        Runtime runtime = Runtime.getRuntime();
        return new IdleHeap(new Heap() {
            @Override
            public long used() {
                return runtime.totalMemory() - runtime.freeMemory();
            }

            @Override
            public void collect() {
                runtime.gc();
            }
        });
    }

    @Override
    public void run() {
        long used = heap.used();
        boolean idle = used >= last && used - last < IDLE; // less: a collection came in between
        last = used;
        if (idle && used - afterCollection > WORTH_IT) {
            heap.collect();
            last = heap.used();
            afterCollection = last;
        }
    }
}
