package io.bpfchain.kernel.map;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.Cidr;
import io.bpfchain.kernel.btf.IpText;
import io.bpfchain.kernel.btf.PlainValue;
import io.bpfchain.kernel.btf.Prefixes;
import io.bpfchain.kernel.btf.Shapes;
import io.bpfchain.kernel.btf.ValueEncoder;
import io.bpfchain.kernel.btf.ValueProblem;
import io.bpfchain.kernel.map.EncodedEntries.EncodedEntry;
import io.bpfchain.kernel.object.MapDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns declared entries into bytes and refuses what could not be kept exactly.
 *
 * <p>Values are typed by BTF, see {@link ValueEncoder}; what an object leaves out, and padding, is zero. Keys of an LPM trie whose type
 * is a prefix length and an address may be written {@code 10.0.0.0/8}, or as an address alone, which means all of its bits.
 */
public final class DeclaredEntries {
    private static final int MOST_PROBLEMS = 100;
    private static final long MOST_BYTES = 64 << 20;

    private DeclaredEntries() {}

    /** What came of reading declared entries. */
    public sealed interface Outcome {
        record Parsed(EncodedEntries entries) implements Outcome {}

        /** At least one entry cannot be used; nothing may be changed. The path of a problem is the entry's place. */
        record Rejected(List<ValueProblem> problems) implements Outcome {
            public Rejected {
                problems = List.copyOf(problems);
            }
        }
    }

    /** Why a map's contents cannot be declared, with the remedy; empty where they can. */
    public static Optional<String> unsupported(MapDefinition map) {
        String text = "The contents of a map of type " + MapType.text(map.type()) + " cannot be declared";
        if (map.dataSection()) {
            return Optional.of("The contents of " + map.name()
                    + " cannot be declared as entries: set const volatile variables under globals.");
        }
        return MapType.of(map.type())
                .map(type -> switch (type) {
                    case HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LPM_TRIE -> Optional.<String>empty();
                    case LRU_HASH, LRU_PERCPU_HASH ->
                        Optional.of(text + ": the kernel evicts entries of its own accord; declare it as "
                                + (type == MapType.LRU_HASH ? "BPF_MAP_TYPE_HASH" : "BPF_MAP_TYPE_PERCPU_HASH") + ".");
                    case PROG_ARRAY ->
                        Optional.of(text + ": it holds programs; fill it in the source with a .values initialiser.");
                    case ARRAY_OF_MAPS, HASH_OF_MAPS ->
                        Optional.of(text + ": it holds maps; fill it in the source with a .values initialiser.");
                    case RINGBUF, USER_RINGBUF, PERF_EVENT_ARRAY, QUEUE, STACK ->
                        Optional.of(text + ": it passes data on and has no lasting contents; use a hash or an array.");
                    case BLOOM_FILTER -> Optional.of(text + ": what it holds cannot be read back; use a hash.");
                    case UNSPEC,
                            STACK_TRACE,
                            CGROUP_ARRAY,
                            DEVMAP,
                            SOCKMAP,
                            CPUMAP,
                            XSKMAP,
                            SOCKHASH,
                            CGROUP_STORAGE,
                            REUSEPORT_SOCKARRAY,
                            PERCPU_CGROUP_STORAGE,
                            SK_STORAGE,
                            DEVMAP_HASH,
                            STRUCT_OPS,
                            INODE_STORAGE,
                            TASK_STORAGE,
                            CGRP_STORAGE,
                            ARENA,
                            INSN_ARRAY ->
                        Optional.of(text + "; only hash, lpm_trie, array, percpu_hash and percpu_array can.");
                })
                .orElseGet(() -> Optional.of(text + "; only hash, lpm_trie, array, percpu_hash and percpu_array can."));
    }

    /** Sizes come from the object and are data from outside: what the kernel would refuse later is refused before it is used. */
    private static Optional<String> unusable(MapDefinition map, int entries) {
        int least = map.type() == MapType.LPM_TRIE.code() ? 5 : 1;
        boolean index = map.type() == MapType.ARRAY.code() || map.type() == MapType.PERCPU_ARRAY.code();
        if (map.keySize() < least || map.valueSize() < 1 || (index && map.keySize() != Integer.BYTES)) {
            return Optional.of("The object defines a " + MapType.text(map.type()) + " with keys of "
                    + Integer.toUnsignedString(map.keySize()) + " and values of "
                    + Integer.toUnsignedString(map.valueSize())
                    + " bytes, which the kernel does not make.");
        }
        long bytes = (long) entries * ((long) map.keySize() + map.valueSize());
        return bytes <= MOST_BYTES
                ? Optional.empty()
                : Optional.of("The declared entries take " + bytes + " bytes, more than the " + MOST_BYTES
                        + " that are accepted.");
    }

    /**
     * Encodes all entries, or says what is wrong with each that cannot be used.
     *
     * @param btf of the object that defines the map; {@link Btf#none} where it has none
     */
    public static Outcome parse(MapDefinition map, Btf btf, List<PlacedValue> entries) {
        Optional<String> unsupported = unsupported(map);
        if (unsupported.isPresent()) {
            String place = entries.isEmpty() ? map.name() : entries.getFirst().place();
            return new Outcome.Rejected(List.of(new ValueProblem(place, unsupported.get())));
        }
        Optional<String> unusable = unusable(map, entries.size());
        if (unusable.isPresent()) {
            return new Outcome.Rejected(List.of(new ValueProblem(map.name(), unusable.get())));
        }
        List<ValueProblem> problems = new ArrayList<>();
        List<EncodedEntry> encoded = new ArrayList<>(entries.size());
        Map<Key, String> places = new HashMap<>();
        OneEntry reader = new OneEntry(map, btf, MapType.of(map.type()).orElseThrow());
        long limit = Integer.toUnsignedLong(map.maxEntries());
        for (PlacedValue entry : entries) {
            byte[] key = new byte[map.keySize()];
            byte[] value = new byte[map.valueSize()];
            List<ValueProblem> wrong = new ArrayList<>(reader.key(entry.key(), key));
            wrong.addAll(reader.value(entry.value(), value));
            if (wrong.isEmpty()) {
                String earlier = places.putIfAbsent(new Key(key), entry.place());
                if (earlier != null) {
                    wrong.add(new ValueProblem("key", "is the same key as at " + earlier));
                } else if (encoded.size() == limit) {
                    wrong.add(new ValueProblem(
                            "key",
                            "does not fit: the map holds at most " + limit + " entries (max_entries) and "
                                    + entries.size() + " are declared"));
                } else {
                    encoded.add(new EncodedEntry(key, value));
                }
            }
            wrong.stream()
                    .limit(Math.max(0, MOST_PROBLEMS - problems.size()))
                    .forEach(p -> problems.add(new ValueProblem(entry.place(), p.toString())));
        }
        return problems.isEmpty()
                ? new Outcome.Parsed(new EncodedEntries(map, encoded))
                : new Outcome.Rejected(problems);
    }

    /** Encodes keys and values of one map. */
    private record OneEntry(MapDefinition map, Btf btf, MapType type) {
        List<ValueProblem> key(JsonNode given, byte[] key) {
            List<ValueProblem> wrong =
                    type == MapType.LPM_TRIE ? prefix(given, key) : typed(map.keyTypeId(), given, "key", key);
            if (!wrong.isEmpty()) {
                return wrong;
            }
            if (type == MapType.LPM_TRIE) {
                return prefixProblem(key);
            }
            return type == MapType.ARRAY || type == MapType.PERCPU_ARRAY ? indexProblem(key) : List.of();
        }

        List<ValueProblem> value(JsonNode given, byte[] value) {
            return typed(map.valueTypeId(), given, "value", value);
        }

        private List<ValueProblem> typed(int typeId, JsonNode given, String path, byte[] image) {
            if (given.isNull() || given.isMissingNode()) {
                return List.of(new ValueProblem(path, "is missing"));
            }
            boolean hasType = typeId > 0 && typeId < btf.count() && btf.sizeOf(typeId) == image.length;
            return hasType
                    ? new ValueEncoder(btf).encode(typeId, given, path, image, 0)
                    : PlainValue.encode(given, path, image);
        }

        private List<ValueProblem> prefix(JsonNode given, byte[] key) {
            Optional<Cidr> cidr = given.isTextual() ? Cidr.parse(given.textValue()) : Optional.empty();
            Optional<Integer> addressBytes = addressBytes();
            if (cidr.isPresent() && addressBytes.isPresent()) {
                return Prefixes.encode(cidr.get(), addressBytes.get(), "key", key);
            }
            if (given.isTextual()
                    && addressBytes.isPresent()
                    && !given.textValue().startsWith("hex:")) {
                String family = addressBytes.get() == IpText.V4_BYTES ? "10.0.0.0/8" : "fd00::/8";
                return List.of(new ValueProblem(
                        "key", "needs a prefix such as " + family + ", got \"" + given.textValue() + "\""));
            }
            return typed(map.keyTypeId(), given, "key", key);
        }

        /** Without BTF the size tells: 4 bytes of prefix length and an address. */
        private Optional<Integer> addressBytes() {
            if (map.keyTypeId() > 0 && map.keyTypeId() < btf.count()) {
                return Shapes.prefixedAddress(btf, map.keyTypeId());
            }
            int rest = map.keySize() - 4;
            return rest == IpText.V4_BYTES || rest == IpText.V6_BYTES ? Optional.of(rest) : Optional.empty();
        }

        private List<ValueProblem> prefixProblem(byte[] key) {
            int most = 8 * (key.length - 4);
            if (Key.prefixLength(key) > most) {
                return List.of(new ValueProblem(
                        "key",
                        "has a prefix length of " + Key.prefixLength(key) + ", but the key has only " + most
                                + " bits"));
            }
            return Arrays.equals(key, Key.masked(key))
                    ? List.of()
                    : List.of(new ValueProblem(
                            "key", "has bits set after its prefix of " + Key.prefixLength(key) + " bits"));
        }

        private List<ValueProblem> indexProblem(byte[] key) {
            long limit = Integer.toUnsignedLong(map.maxEntries());
            return Key.prefixLength(key) < limit
                    ? List.of()
                    : List.of(new ValueProblem(
                            "key",
                            "is index " + Key.index(key) + ", but the array has " + limit + " entries, 0 to "
                                    + (limit - 1)));
        }
    }
}
