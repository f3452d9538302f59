package io.bpfchain.kernel.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.object.MapDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapSizeTest {
    @ParameterizedTest
    @CsvSource({
        "ARRAY, 4, 4, 1000, 8000",
        "PERCPU_ARRAY, 4, 8, 1000, 24000",
        "HASH, 4, 4, 1000, 80512",
        "LPM_TRIE, 8, 1, 1000, 96000",
        "RINGBUF, 0, 0, 65536, 77824"
    })
    void estimatesByTheKernelsFormulas(MapType type, int keySize, int valueSize, int maxEntries, long bytes) {
        var map = new MapDefinition(
                "m", type.code(), keySize, valueSize, maxEntries, 0, 0, 0, 0, false, false, new byte[0], false);
        assertThat(MapSize.estimate(map, 2)).isEqualTo(bytes);
    }
}
