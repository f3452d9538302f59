package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleHeapTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final long ALIVE = 20 * MEBIBYTE;

    private long used;
    private int collections;
    private final IdleHeap idle = new IdleHeap(new IdleHeap.Heap() {
        @Override
        public long used() {
            return used;
        }

        @Override
        public void collect() {
            collections++;
            used = ALIVE;
        }
    });

    private void look(long mebibytes) {
        used = mebibytes * MEBIBYTE;
        idle.run();
    }

    @Test
    void collectsWhatAStartLeftWhenItIsOver() {
        look(20);
        look(38);
        assertThat(collections).isZero();

        look(38);

        assertThat(collections).isOne();
        assertThat(used).isEqualTo(ALIVE);
    }

    @Test
    void doesNotCollectWhileThereIsWork() {
        look(30);
        look(35);
        look(31);
        look(36);

        assertThat(collections).isZero();
    }

    @Test
    void doesNotCollectForLittle() {
        look(38);
        look(38);

        look(24);
        look(24);
        look(24);
        assertThat(collections).isOne();

        look(27);
        look(27);
        assertThat(collections).isEqualTo(2);
    }
}
