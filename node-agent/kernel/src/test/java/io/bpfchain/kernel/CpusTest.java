package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CpusTest {
    @Test
    void countsRangesAndSingles() throws IOException {
        assertThat(Cpus.count("0")).isEqualTo(1);
        assertThat(Cpus.count("0-3")).isEqualTo(4);
        assertThat(Cpus.count("0-3,8,10-11")).isEqualTo(7);
        assertThat(Cpus.possible()).isPositive();
    }
}
