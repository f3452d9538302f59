package io.bpfchain.kernel.map;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.CompiledObject;
import io.bpfchain.kernel.map.EncodedEntries.EncodedEntry;
import io.bpfchain.kernel.object.MapDefinition;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("kernel")
class DeclaredEntriesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CompiledObject object = CompiledObject.of("""
            struct port_key { __u8 proto; __be16 port; };
            struct lpm4 { __u32 prefixlen; __u32 addr; };
            struct lpm6 { __u32 prefixlen; struct in6_addr addr; };
            struct lpm_if { __u32 prefixlen; __u32 ifindex; __be32 addr; };
            struct lpm_kernel { struct bpf_lpm_trie_key head; __u8 addr[4]; };
            struct flow { __be32 from; __be32 to; __be16 port; __u8 proto; };
            enum verdict { PASS, DROP };
            #define MAP(name, kind, k, v, n) struct { __uint(type, BPF_MAP_TYPE_##kind); __type(key, k); __type(value, v); \\
                __uint(max_entries, n); __uint(map_flags, BPF_F_NO_PREALLOC); } name SEC(".maps");
            #define PLAIN(name, kind, k, v, n) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(key_size, k); \\
                __uint(value_size, v); __uint(max_entries, n); } name SEC(".maps");
            MAP(ports, HASH, struct port_key, enum verdict, 3)
            MAP(numbers, HASH, __u16, __u64, 3)
            MAP(addrs, HASH, __be32, __u8, 3)
            MAP(flows, HASH, struct flow, __u32, 100)
            MAP(trie4, LPM_TRIE, struct lpm4, __u8, 3)
            MAP(trie6, LPM_TRIE, struct lpm6, __u8, 3)
            MAP(trieif, LPM_TRIE, struct lpm_if, __u8, 3)
            MAP(triekernel, LPM_TRIE, struct lpm_kernel, __u8, 3)
            MAP(table, ARRAY, __u32, __u32, 4)
            MAP(counts, PERCPU_ARRAY, __u32, __u32, 4)
            MAP(recent, LRU_HASH, __u32, __u32, 4)
            PLAIN(bare, HASH, 2, 3, 4)
            PLAIN(baretrie, LPM_TRIE, 8, 1, 4)
            PLAIN(calls, PROG_ARRAY, 4, 4, 4)
            PLAIN(events, RINGBUF, 0, 0, 4096)
            SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return 1; }
            """);

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Entries as {@code key = value}, separated by {@code &}. */
    private DeclaredEntries.Outcome parse(String map, String entries) {
        List<PlacedValue> values = new ArrayList<>();
        for (String entry : entries.split("&", -1)) {
            String[] parts = entry.split("=", 2);
            values.add(new PlacedValue(json(parts[0]), json(parts[1]), "list:" + (values.size() + 1)));
        }
        return DeclaredEntries.parse(object.map(map), object.btf(), values);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ports      | {"proto":6,"port":443} = "DROP"        | 060001bb 01000000
            ports      | {"port":"53"} = 0                      | 00000035 00000000
            ports      | "hex:060001bb" = 1                     | 060001bb 01000000
            numbers    | 8080 = "0xff"                          | 901f ff00000000000000
            addrs      | "10.0.0.1" = 1                         | 0a000001 01
            flows      | {"from":"10.0.0.1","port":1} = 2       | 0a0000010000000000010000 02000000
            trie4      | "10.0.0.0/8" = 1                       | 080000000a000000 01
            trie4      | "10.0.0.1" = 1                         | 200000000a000001 01
            trie4      | "0.0.0.0/0" = 1                        | 0000000000000000 01
            trie6      | "fd00::/8" = 1                         | 08000000fd000000000000000000000000000000 01
            trieif     | {"prefixlen":40,"ifindex":2,"addr":"10.0.0.0"} = 1 | 28000000020000000a000000 01
            triekernel | "10.0.0.0/9" = 1                       | 090000000a000000 01
            baretrie   | "10.0.0.0/8" = 1                       | 080000000a000000 01
            table      | 3 = 7                                  | 03000000 07000000
            counts     | 0 = 7                                  | 00000000 07000000
            bare       | 258 = "hex:010203"                     | 0201 010203
            """)
    void encodesKeysAndValues(String map, String entries, String bytes) {
        assertThat(parse(map, entries)).isInstanceOfSatisfying(DeclaredEntries.Outcome.Parsed.class, p -> {
            EncodedEntry entry = p.entries().entries().getFirst();
            assertThat(HexFormat.of().formatHex(entry.key()) + " "
                            + HexFormat.of().formatHex(entry.value()))
                    .isEqualTo(bytes);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            trie4    | "10.1.2.3/8" = 1            | list:1: key: 10.1.2.3/8 has bits set after its prefix: write 10.0.0.0/8
            trie4    | "10.0.0.0/33" = 1           | list:1: key: needs a prefix such as 10.0.0.0/8, got "10.0.0.0/33"
            trie4    | "fd00::/8" = 1              | list:1: key: fd00::/8 is an IPv6 prefix, but an IPv4 one belongs here
            trie6    | "10.0.0.0/8" = 1            | list:1: key: 10.0.0.0/8 is an IPv4 prefix, but an IPv6 one belongs here
            trie4    | "example.org" = 1           | list:1: key: needs a prefix such as 10.0.0.0/8, got "example.org"
            trie4    | {"prefixlen":33} = 1        | list:1: key: has a prefix length of 33, but the key has only 32 bits
            trie4    | "hex:080000000a010000" = 1  | list:1: key: has bits set after its prefix of 8 bits
            trie4    | "10.0.0.0/8" = 1 & "10.0.0.0/8" = 2 | list:2: key: is the same key as at list:1
            trie4    | "1.0.0.0/8" = 256           | list:1: value: 256 is out of range: __u8 holds 0 to 255
            ports    | {"prot":6} = 0              | list:1: key: struct port_key has no field "prot"; did you mean "proto"?
            ports    | {"port":65536} = 0          | list:1: key.port: 65536 is out of range: __be16 holds 0 to 65535
            ports    | {"port":1} = "DENY"         | list:1: value: enum verdict has no value named "DENY"; there are DROP, PASS
            ports    | {"port":1} = null           | list:1: value: is missing
            ports    | "hex:06" = 0                | list:1: key: needs "hex:" and two hexadecimal digits for each of the 4 bytes of struct port_key, got the text "hex:06"
            numbers  | 1=1 & 2=1 & 3=1 & 4=1       | list:4: key: does not fit: the map holds at most 3 entries (max_entries) and 4 are declared
            numbers  | "10.0.0.1" = 1              | list:1: key: is __u16, a number in host byte order, and cannot take the address 10.0.0.1: declare it as __be32 or struct in_addr, which are in network byte order
            addrs    | "10.0.0.0/8" = 1            | list:1: key: needs a whole number for __be32, got the text "10.0.0.0/8"
            table    | 4 = 1                       | list:1: key: is index 4, but the array has 4 entries, 0 to 3
            table    | -1 = 1                      | list:1: key: -1 is out of range: __u32 holds 0 to 4294967295
            bare     | 65536 = "hex:010203"        | list:1: key: 65536 is out of range: 2 bytes hold -32768 to 65535
            bare     | 1 = 5                       | list:1: value: has no BTF type, so it needs "hex:" and two hexadecimal digits for each of its 3 bytes; got 5
            bare     | "hex:01" = "hex:010203"     | list:1: key: has no BTF type, so it needs a whole number or "hex:" and two hexadecimal digits for each of its 2 bytes; got the text "hex:01"
            recent   | 1 = 1                       | list:1: The contents of a map of type lru_hash cannot be declared: the kernel evicts entries of its own accord; declare it as BPF_MAP_TYPE_HASH.
            calls    | 1 = 1                       | list:1: The contents of a map of type prog_array cannot be declared: it holds programs; fill it in the source with a .values initialiser.
            events   | 1 = 1                       | list:1: The contents of a map of type ringbuf cannot be declared: it passes data on and has no lasting contents; use a hash or an array.
            """)
    void refusesWithTheEntrysPlace(String map, String entries, String message) {
        assertThat(parse(map, entries))
                .isInstanceOfSatisfying(
                        DeclaredEntries.Outcome.Rejected.class,
                        r -> assertThat(r.problems().getFirst().toString()).isEqualTo(message));
    }

    @Test
    void givesOneDigestWhateverTheOrder() {
        String one = digest("numbers", "1=1 & 2=2");
        assertThat(digest("numbers", "2=2 & 1=1"))
                .isEqualTo(one)
                .startsWith("sha256:")
                .hasSize(71);
        assertThat(digest("numbers", "1=1 & 2=3")).isNotEqualTo(one);
        assertThat(digest("trie4", "\"10.0.0.1\"=1")).isEqualTo(digest("trie4", "\"10.0.0.1/32\"=\"0x1\""));
    }

    private String digest(String map, String entries) {
        return ((DeclaredEntries.Outcome.Parsed) parse(map, entries)).entries().entriesDigest();
    }

    @Test
    void refusesSizesThatNoKernelMakes() {
        var trie = object.map("bare");
        var broken = new MapDefinition(
                "broken",
                MapType.LPM_TRIE.code(),
                3,
                -1,
                1,
                0,
                0,
                0,
                0,
                false,
                false,
                new byte[0],
                trie.staticInitializers());
        assertThat(DeclaredEntries.parse(broken, Btf.none(), List.of()))
                .isInstanceOfSatisfying(
                        DeclaredEntries.Outcome.Rejected.class,
                        r -> assertThat(r.problems().getFirst().toString())
                                .isEqualTo(
                                        "broken: The object defines a lpm_trie with keys of 3 and values of 4294967295 bytes, which the"
                                                + " kernel does not make."));
    }

    /** What is shown can be declared, and means the same bytes. */
    @Test
    void readsBackWhatItShows() {
        long seed = Long.getLong("bpfchain.seed", new Random().nextLong());
        System.out.println("DeclaredEntriesIT.readsBackWhatItShows: -Dbpfchain.seed=" + seed);
        Random random = new Random(seed);
        for (String name : List.of("numbers", "addrs", "trie4", "trie6", "triekernel", "table", "baretrie")) {
            var map = object.map(name);
            EntryDecoder decoder = new EntryDecoder(map, object.btf());
            for (int i = 0; i < 500; i++) {
                byte[] key = new byte[map.keySize()];
                random.nextBytes(key);
                if (map.type() == MapType.ARRAY.code()) {
                    key = Key.index(random.nextInt(4));
                } else if (map.type() == MapType.LPM_TRIE.code()) {
                    System.arraycopy(Key.index(random.nextInt(8 * (key.length - 4) + 1)), 0, key, 0, 4);
                    key = Key.masked(key);
                }
                byte[] value = new byte[map.valueSize()];
                random.nextBytes(value);
                var outcome = DeclaredEntries.parse(
                        map, object.btf(), List.of(new PlacedValue(decoder.key(key), decoder.value(value), "here")));
                assertThat(outcome)
                        .isEqualTo(new DeclaredEntries.Outcome.Parsed(
                                new EncodedEntries(map, List.of(new EncodedEntry(key, value)))));
            }
        }
    }

    @Test
    void showsPerCpuValuesAsAList() {
        EntryDecoder decoder = new EntryDecoder(object.map("counts"), object.btf());
        assertThat(decoder.value(HexFormat.of().parseHex("01000000000000000200000000000000")))
                .isEqualTo(json("[1,2]"));
        assertThat(decoder.key(Key.index(2))).isEqualTo(json("2"));
    }
}
