package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.MapAccess.Element;
import io.bpfchain.kernel.testing.OpenDescriptors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class MapHandleIT {
    private static final int HASH = 1;
    private static final int PERCPU_HASH = 5;
    private static final int LPM_TRIE = 11;
    private static final int NO_PREALLOC = 1;

    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();

    @AfterEach
    void leavesNoDescriptorBehind() {
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void writesReadsAndDeletes() throws BpfException {
        try (MapHandle map = MapHandle.create(HASH, 4, 8, 16, 0, "elements")) {
            assertThat(map.lookup(key(1))).isEmpty();
            map.update(key(1), value(10), 0);

            assertThat(map.lookup(key(1))).hasValueSatisfying(v -> assertThat(v).isEqualTo(value(10)));
            assertThat(map.delete(key(1))).isTrue();
            assertThat(map.delete(key(1))).isFalse();
            assertThat(map.keys()).isEmpty();
        }
    }

    @Test
    void describesTheMap() throws BpfException {
        try (MapHandle map = MapHandle.create(LPM_TRIE, 8, 4, 100, NO_PREALLOC, "prefixes");
                MapHandle same = MapHandle.byId(map.info().id())) {
            assertThat(map.info())
                    .isEqualTo(new MapInfo(map.info().id(), LPM_TRIE, 8, 4, 100, NO_PREALLOC, "prefixes", 0, 0, 0, 0));
            assertThat(same.info()).isEqualTo(map.info());
        }
    }

    @Test
    void neverLetsTheKernelReadOrWritePastAnArray() throws BpfException {
        try (MapHandle map = MapHandle.create(HASH, 4, 8, 16, 0, "elements")) {
            assertThatThrownBy(() -> map.update(new byte[3], value(1), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("map elements: a key has 4 bytes, not 3");
            assertThatThrownBy(() -> map.update(key(1), new byte[9], 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("map elements: a value has 8 bytes, not 9");
            assertThatThrownBy(() -> map.lookup(new byte[5])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysThatTheMapIsFull() throws BpfException {
        try (MapHandle map = MapHandle.create(HASH, 4, 8, 2, 0, "elements")) {
            assertThatThrownBy(() -> map.updateAll(elements(3)))
                    .isInstanceOfSatisfying(
                            BpfException.class, e -> assertThat(e.errno()).isEqualTo(Errno.E2BIG));
            assertThat(map.keys()).hasSize(2);
        }
    }

    @Test
    void writesAndReadsManyOfEveryKind() throws BpfException {
        int[][] kinds = {{HASH, 0}, {LPM_TRIE, NO_PREALLOC}};
        for (int[] kind : kinds) {
            boolean lpm = kind[0] == LPM_TRIE;
            try (MapHandle map = MapHandle.create(kind[0], lpm ? 8 : 4, 8, 10_000, kind[1], "many")) {
                List<Element> elements = new ArrayList<>();
                for (int i = 0; i < 10_000; i++) {
                    elements.add(new Element(lpm ? prefix(i) : key(i), value(i)));
                }
                map.updateAll(elements);

                Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
                map.forEach((k, v) -> found.put(ByteBuffer.wrap(k), ByteBuffer.wrap(v)));
                assertThat(found).hasSize(10_000);
                elements.forEach(
                        e -> assertThat(found.get(ByteBuffer.wrap(e.key()))).isEqualTo(ByteBuffer.wrap(e.value())));
                assertThat(map.keys()).hasSize(10_000);
            }
        }
    }

    @Test
    void readsEveryElementOfAnArray() throws BpfException {
        try (MapHandle map = MapHandle.create(MapInfo.ARRAY, 4, 8, 3, 0, "array")) {
            map.update(key(2), value(7), 0);
            List<String> found = new ArrayList<>();
            map.forEach((k, v) -> found.add(int32(k) + "=" + int32(v)));
            assertThat(found).containsExactly("0=0", "1=0", "2=7");
            assertThatThrownBy(() -> map.delete(key(2))).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void takesOneValueForEveryPossibleCpu() throws IOException {
        try (MapHandle map = MapHandle.create(PERCPU_HASH, 4, 4, 16, 0, "percpu")) {
            assertThat(map.valueBytes()).isEqualTo(8 * Cpus.possible());
            byte[] value = new byte[map.valueBytes()];
            value[0] = 1;
            value[value.length - 8] = 2;

            map.updateAll(List.of(new Element(key(1), value), new Element(key(2), value)));

            assertThat(map.lookup(key(2))).hasValueSatisfying(v -> assertThat(v).isEqualTo(value));
            List<byte[]> values = new ArrayList<>();
            map.forEach((_, v) -> values.add(v));
            assertThat(values).hasSize(2).allSatisfy(v -> assertThat(v).isEqualTo(value));
        }
    }

    @Test
    void refusesToWriteAFrozenMap() throws BpfException {
        try (MapHandle map = MapHandle.create(MapInfo.ARRAY, 4, 8, 1, 0, "frozen")) {
            map.freeze();
            assertThatThrownBy(() -> map.update(key(0), value(1), 0))
                    .isInstanceOf(BpfException.class)
                    .hasMessageContaining("BPF_MAP_UPDATE_ELEM")
                    .hasMessageContaining("EPERM");
        }
    }

    private static List<Element> elements(int count) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(new Element(key(i), value(i)));
        }
        return elements;
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(i).array();
    }

    private static byte[] value(int i) {
        return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(i).array();
    }

    private static byte[] prefix(int i) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(32)
                .order(ByteOrder.BIG_ENDIAN)
                .putInt(0x0a000000 + i)
                .array();
    }

    private static int int32(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }
}
