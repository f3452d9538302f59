package io.bpfchain.kernel.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.MapAccess.Element;
import io.bpfchain.kernel.btf.Cidr;
import io.bpfchain.kernel.map.ContentsPlan.Change;
import io.bpfchain.kernel.map.EncodedEntries.EncodedEntry;
import io.bpfchain.kernel.object.MapDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentsPlanTest {
    private static MapDefinition map(MapType type, int keySize, int maxEntries) {
        return new MapDefinition(
                "m", type.code(), keySize, 4, maxEntries, 0, 0, 0, 0, false, false, new byte[0], false);
    }

    private static byte[] prefix(String text) {
        Cidr cidr = Cidr.parse(text).orElseThrow();
        byte[] key = new byte[8];
        System.arraycopy(Key.index(cidr.prefixLength()), 0, key, 0, 4);
        System.arraycopy(cidr.address(), 0, key, 4, 4);
        return key;
    }

    private static EncodedEntries prefixes(int maxEntries, String... texts) {
        List<EncodedEntry> entries = new ArrayList<>();
        for (String text : texts) {
            entries.add(new EncodedEntry(prefix(text), Key.index(1)));
        }
        return new EncodedEntries(map(MapType.LPM_TRIE, 8, maxEntries), entries);
    }

    private static List<Element> live(String... texts) {
        List<Element> elements = new ArrayList<>();
        for (String text : texts) {
            elements.add(new Element(prefix(text), Key.index(1)));
        }
        return elements;
    }

    private static List<String> shown(ContentsPlan plan) {
        return plan.changes().stream()
                .map(c -> {
                    byte[] address = Arrays.copyOfRange(c.key(), 4, 8);
                    String text = new Cidr(address, (int) Key.prefixLength(c.key())).toString();
                    return (c instanceof Change.Put ? "+" : "-") + text;
                })
                .toList();
    }

    @Test
    void writesMoreSpecificPrefixesBeforeWiderOnesAndRemovesThemAfter() {
        ContentsPlan plan = ContentsPlan.decide(
                prefixes(10, "10.0.0.0/8", "10.1.0.0/16"), live("11.1.0.0/16", "11.0.0.0/8"), false, 4);
        assertThat(shown(plan)).containsExactly("+10.1.0.0/16", "+10.0.0.0/8", "-11.0.0.0/8", "-11.1.0.0/16");
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void removesFirstOnlyAsManyAsAreInTheWay() {
        ContentsPlan plan =
                ContentsPlan.decide(prefixes(3, "1.0.0.0/8", "2.0.0.0/8"), live("3.0.0.0/8", "4.0.0.0/8"), false, 4);
        assertThat(shown(plan)).containsExactly("+1.0.0.0/8", "-3.0.0.0/8", "+2.0.0.0/8", "-4.0.0.0/8");
        assertThat(plan.notes())
                .containsExactly(
                        "Old and new entries together exceed max_entries (3), so 1 entry is removed"
                                + " before all new ones are in; a larger max_entries or onEntriesChange: WithProgram avoids this.");
    }

    @Test
    void saysThatEntriesOfAFullTrieMayBeRemovedToGetTheirNewValues() {
        List<Element> live =
                List.of(new Element(prefix("1.0.0.0/8"), Key.index(7)), new Element(prefix("2.0.0.0/8"), Key.index(1)));
        ContentsPlan plan = ContentsPlan.decide(prefixes(2, "1.0.0.0/8", "2.0.0.0/8"), live, false, 4);
        assertThat(shown(plan)).containsExactly("+1.0.0.0/8");
        assertThat(plan.notes())
                .containsExactly(
                        "The map is full (max_entries 2), and kernels before 6.13 do not overwrite an entry of a"
                                + " full LPM trie: there 1 entry is removed and at once written again, and for that moment missing;"
                                + " a larger max_entries or onEntriesChange: WithProgram avoids this.");
        assertThat(ContentsPlan.decide(prefixes(3, "1.0.0.0/8", "2.0.0.0/8"), live, false, 4)
                        .notes())
                .isEmpty();
    }

    @Test
    void removesWhatGoesFirstWhereAFullTrieGetsANewValue() {
        List<Element> live =
                List.of(new Element(prefix("1.0.0.0/8"), Key.index(7)), new Element(prefix("2.0.0.0/8"), Key.index(1)));
        ContentsPlan plan = ContentsPlan.decide(prefixes(2, "1.0.0.0/8"), live, false, 4);
        assertThat(shown(plan)).containsExactly("-2.0.0.0/8", "+1.0.0.0/8");
        assertThat(plan.notes()).singleElement().asString().contains("1 entry is removed before all new ones are in");
    }

    @Test
    void takesALiveKeyWithHostBitsForTheSameKey() {
        assertThat(ContentsPlan.decide(prefixes(3, "10.0.0.0/8"), live("10.1.2.3/8"), false, 4)
                        .changes())
                .isEmpty();
    }

    @Test
    void keepsTheProgramsValuesWhenOnlyTheKeysAreDeclared() {
        var wanted = new EncodedEntries(
                map(MapType.HASH, 4, 4),
                List.of(new EncodedEntry(Key.index(1), Key.index(0)), new EncodedEntry(Key.index(2), Key.index(0))));
        List<Element> live =
                List.of(new Element(Key.index(1), Key.index(77)), new Element(Key.index(3), Key.index(88)));
        ContentsPlan plan = ContentsPlan.decide(wanted, live, true, 4);
        assertThat(plan.changes()).hasSize(2);
        assertThat(plan.changes().getFirst())
                .isInstanceOfSatisfying(
                        Change.Put.class, p -> assertThat(p.key()).isEqualTo(Key.index(2)));
        assertThat(plan.changes().getLast())
                .isInstanceOfSatisfying(
                        Change.Delete.class, d -> assertThat(d.key()).isEqualTo(Key.index(3)));
    }

    @Test
    void clearsUndeclaredIndexesOfAnArrayAndNeverDeletes() {
        var wanted =
                new EncodedEntries(map(MapType.ARRAY, 4, 3), List.of(new EncodedEntry(Key.index(1), Key.index(5))));
        List<Element> live = List.of(
                new Element(Key.index(0), Key.index(9)),
                new Element(Key.index(1), Key.index(5)),
                new Element(Key.index(2), Key.index(0)));
        ContentsPlan plan = ContentsPlan.decide(wanted, live, false, 4);
        assertThat(plan.changes()).singleElement().isInstanceOfSatisfying(Change.Put.class, p -> {
            assertThat(p.key()).isEqualTo(Key.index(0));
            assertThat(p.value()).isEqualTo(new byte[4]);
        });
        assertThat(ContentsPlan.decide(wanted, live, true, 4).changes()).isEmpty();
    }

    @Test
    void writesPerCpuValuesToEveryCpu() {
        var wanted = new EncodedEntries(
                map(MapType.PERCPU_HASH, 4, 3), List.of(new EncodedEntry(Key.index(1), Key.index(5))));
        byte[] everywhere = {5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0};
        byte[] once = {5, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0};
        assertThat(ContentsPlan.decide(wanted, List.of(new Element(Key.index(1), once)), false, 16)
                        .changes())
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.Put.class, p -> assertThat(p.value()).isEqualTo(everywhere));
        assertThat(ContentsPlan.exact(wanted, List.of(new Element(Key.index(1), everywhere)), false, 16))
                .isTrue();
    }

    /** Replays plans on a map with the kernel's limits: entries in both contents are never missing, and the end is exact. */
    @Test
    void leadsToExactlyTheDeclaredContentsWithinTheLimit() {
        long seed = Long.getLong("bpfchain.seed", new Random().nextLong());
        System.out.println("ContentsPlanTest: -Dbpfchain.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            MapType type = random.nextBoolean() ? MapType.HASH : MapType.LPM_TRIE;
            int max = 1 + random.nextInt(8);
            Map<Key, byte[]> state = contents(random, type, max);
            Map<Key, byte[]> goal = contents(random, type, max);
            List<EncodedEntry> entries = new ArrayList<>();
            goal.forEach((k, v) -> entries.add(new EncodedEntry(k.bytes(), v)));
            List<Element> live = new ArrayList<>();
            state.forEach((k, v) -> live.add(new Element(k.bytes(), v)));
            EncodedEntries wanted = new EncodedEntries(map(type, type == MapType.HASH ? 4 : 8, max), entries);
            ContentsPlan plan = ContentsPlan.decide(wanted, live, false, 4);
            boolean needsRoom = union(state, goal) > max;
            for (Change change : plan.changes()) {
                Key key = new Key(change.key());
                switch (change) {
                    case Change.Put put -> state.put(key, put.value());
                    case Change.Delete _ -> {
                        assertThat(goal).doesNotContainKey(key);
                        state.remove(key);
                    }
                }
                assertThat(state).hasSizeLessThanOrEqualTo(max);
            }
            assertThat(state.keySet()).isEqualTo(goal.keySet());
            state.forEach((k, v) -> assertThat(v).isEqualTo(goal.get(k)));
            assertThat(needsRoom && plan.notes().isEmpty())
                    .as("a removal ahead of time is stated")
                    .isFalse();
        }
    }

    private static int union(Map<Key, byte[]> a, Map<Key, byte[]> b) {
        Map<Key, byte[]> both = new HashMap<>(a);
        both.putAll(b);
        return both.size();
    }

    private static Map<Key, byte[]> contents(Random random, MapType type, int max) {
        Map<Key, byte[]> contents = new HashMap<>();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            byte[] key = type == MapType.HASH
                    ? Key.index(random.nextInt(10))
                    : prefix("10." + random.nextInt(8) + ".0.0/16");
            contents.put(new Key(key), Key.index(random.nextInt(3)));
        }
        return contents;
    }
}
