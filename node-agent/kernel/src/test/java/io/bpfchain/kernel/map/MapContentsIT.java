package io.bpfchain.kernel.map;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.object.MapDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MapContentsIT {
    private static final int BPF_F_NO_PREALLOC = 1;

    private static MapDefinition definition(MapType type, int keySize, int maxEntries) {
        int flags = type == MapType.LPM_TRIE ? BPF_F_NO_PREALLOC : 0;
        return new MapDefinition(
                "contents", type.code(), keySize, 4, maxEntries, flags, 0, 0, 0, false, false, new byte[0], false);
    }

    private static MapHandle create(MapDefinition map) throws BpfException {
        return MapHandle.create(map.type(), map.keySize(), map.valueSize(), map.maxEntries(), map.flags(), map.name());
    }

    private static EncodedEntries numbers(MapDefinition map, int from, int to, int value) {
        List<PlacedValue> entries = new ArrayList<>();
        for (int i = from; i < to; i++) {
            boolean trie = map.type() == MapType.LPM_TRIE.code();
            String prefix = "10." + ((i >> 8) & 255) + "." + (i & 255) + ".0/24";
            entries.add(new PlacedValue(
                    trie ? JsonNodeFactory.instance.textNode(prefix) : JsonNodeFactory.instance.numberNode(i),
                    JsonNodeFactory.instance.numberNode(value),
                    "entry " + i));
        }
        return ((DeclaredEntries.Outcome.Parsed) DeclaredEntries.parse(map, Btf.none(), entries)).entries();
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LPM_TRIE", "ARRAY", "PERCPU_HASH", "PERCPU_ARRAY"})
    void bringsALiveMapToItsDeclaredContents(MapType type) throws BpfException {
        MapDefinition map = definition(type, type == MapType.LPM_TRIE ? 8 : 4, 16);
        try (MapHandle handle = create(map)) {
            MapContents contents = new MapContents(handle);
            for (EncodedEntries wanted : List.of(
                    numbers(map, 0, 16, 1),
                    numbers(map, 0, 16, 2),
                    numbers(map, 4, 10, 2),
                    numbers(map, 2, 12, 3),
                    numbers(map, 0, 0, 0))) {
                contents.apply(contents.plan(wanted, false));
                assertThat(contents.verify(wanted, false)).isEmpty();
            }
        }
    }

    @Test
    void exchangesTheContentsOfAFullMap() throws BpfException {
        for (MapType type : List.of(MapType.HASH, MapType.LPM_TRIE)) {
            MapDefinition map = definition(type, type == MapType.LPM_TRIE ? 8 : 4, 8);
            try (MapHandle handle = create(map)) {
                MapContents contents = new MapContents(handle);
                contents.apply(contents.plan(numbers(map, 0, 8, 1), false));
                EncodedEntries wanted = numbers(map, 4, 12, 2);
                ContentsPlan plan = contents.plan(wanted, false);
                assertThat(plan.notes()).hasSize(1);
                contents.apply(plan);
                assertThat(contents.verify(wanted, false)).isEmpty();
            }
        }
    }

    @Test
    void fillsTenThousandPrefixesWithinASecond() throws BpfException {
        MapDefinition map = definition(MapType.LPM_TRIE, 8, 10_000);
        EncodedEntries wanted = numbers(map, 0, 10_000, 1);
        try (MapHandle handle = create(map)) {
            MapContents contents = new MapContents(handle);
            long start = System.nanoTime();
            contents.apply(contents.plan(wanted, false));
            assertThat(contents.verify(wanted, false)).isEmpty();
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("10,000 LPM entries written and verified in " + taken.toMillis() + " ms");
            assertThat(taken).isLessThan(Duration.ofSeconds(1));
        }
    }
}
