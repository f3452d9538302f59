package io.bpfchain.kernel.map;

import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.KernelFields;
import io.bpfchain.kernel.btf.LayoutComparison;
import io.bpfchain.kernel.object.MapDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a live map can be carried over to a new version of an object. libbpf and the kernel check less: with
 * bpf_map__reuse_fd another type, size or set of flags loads silently, and fields of another meaning always do.
 */
public final class MapComparison {
    /** Added to maps with declared entries whatever the object says ({@code include/uapi/linux/bpf.h}). */
    static final int BPF_F_RDONLY_PROG = 1 << 7;

    private static final List<String> FLAG_NAMES = List.of(
            "BPF_F_NO_PREALLOC",
            "BPF_F_NO_COMMON_LRU",
            "BPF_F_NUMA_NODE",
            "BPF_F_RDONLY",
            "BPF_F_WRONLY",
            "BPF_F_STACK_BUILD_ID",
            "BPF_F_ZERO_SEED",
            "BPF_F_RDONLY_PROG",
            "BPF_F_WRONLY_PROG",
            "BPF_F_CLONE",
            "BPF_F_MMAPABLE",
            "BPF_F_PRESERVE_ELEMS",
            "BPF_F_INNER_MAP",
            "BPF_F_LINK");

    private MapComparison() {}

    /**
     * Compares a live map, as the object that made it defines it, with what a new object wants. BPF_F_RDONLY_PROG does not count.
     *
     * @param liveBtf of the object that made the live map; {@link Btf#none} where it has none
     * @param wantedBtf of the new object
     */
    public static CarryOver compare(MapDefinition live, Btf liveBtf, MapDefinition wanted, Btf wantedBtf) {
        Optional<String> never = never(live, liveBtf).or(() -> never(wanted, wantedBtf));
        if (never.isPresent()) {
            return new CarryOver.Never(never.get());
        }
        List<String> differences = definitionDifferences(live, wanted);
        LayoutComparison layouts = new LayoutComparison(liveBtf, wantedBtf);
        if (live.dataSection() && wanted.dataSection()) {
            differences.addAll(sectionDifferences(live, liveBtf, wanted, wantedBtf, layouts));
        } else {
            differences.addAll(typeDifference("key", live.keyTypeId(), wanted.keyTypeId(), layouts));
            differences.addAll(typeDifference("value", live.valueTypeId(), wanted.valueTypeId(), layouts));
        }
        differences.addAll(layouts.differences());
        if (!differences.isEmpty()) {
            return new CarryOver.Different(differences);
        }
        return choice(live, liveBtf, wanted, wantedBtf)
                .<CarryOver>map(CarryOver.OnlyIfChosen::new)
                .orElseGet(() -> new CarryOver.Compatible(notes(live, wanted, layouts)));
    }

    private static Optional<String> never(MapDefinition map, Btf btf) {
        if (map.type() == MapType.PROG_ARRAY.code()) {
            return Optional.of(
                    "A program array is filled while its object is loaded: carried over, the old program's traffic would"
                            + " reach the new version's callees.");
        }
        if (map.type() == MapType.STRUCT_OPS.code()) {
            return Optional.of("A struct_ops map is a set of programs of one version.");
        }
        if (map.dataSection() && map.name().startsWith(".rodata")) {
            return Optional.of(
                    "Read-only data (" + map.name() + ") is part of the version that the verifier has checked.");
        }
        if (map.dataSection() && map.name().equals(".kconfig")) {
            return Optional.of("The kernel configuration (.kconfig) is filled in at each load.");
        }
        Set<String> callbacks = valueFields(map, btf);
        callbacks.retainAll(Set.of("bpf_timer", "bpf_wq", "bpf_task_work"));
        return callbacks.stream()
                .findFirst()
                .map(field -> "Its value holds a " + field
                        + ", whose callback stays that of the old version and would run on after the replacement.");
    }

    private static Set<String> valueFields(MapDefinition map, Btf btf) {
        return map.valueTypeId() > 0 && map.valueTypeId() < btf.count() && !map.dataSection()
                ? new LinkedHashSet<>(KernelFields.of(btf, map.valueTypeId()))
                : new LinkedHashSet<>();
    }

    private static List<String> definitionDifferences(MapDefinition live, MapDefinition wanted) {
        List<String> found = new ArrayList<>();
        if (live.type() != wanted.type()) {
            found.add("The live map is of type " + MapType.text(live.type()) + ", the new object wants "
                    + MapType.text(wanted.type()) + ".");
        }
        number(found, "key size in bytes", live.keySize(), wanted.keySize());
        number(found, "value size in bytes", live.valueSize(), wanted.valueSize());
        number(
                found,
                "max_entries",
                Integer.toUnsignedLong(live.maxEntries()),
                Integer.toUnsignedLong(wanted.maxEntries()));
        int before = live.flags() & ~BPF_F_RDONLY_PROG;
        int after = wanted.flags() & ~BPF_F_RDONLY_PROG;
        if (before != after) {
            found.add(
                    "The flags of the live map are " + flags(before) + ", the new object wants " + flags(after) + ".");
        }
        number(found, "map_extra", live.extra(), wanted.extra());
        return found;
    }

    private static void number(List<String> found, String what, long live, long wanted) {
        if (live != wanted) {
            found.add("The " + what + " of the live map is " + live + ", the new object wants " + wanted + ".");
        }
    }

    private static String flags(int flags) {
        List<String> names = new ArrayList<>();
        int rest = flags;
        for (int bit = 0; bit < FLAG_NAMES.size(); bit++) {
            if ((rest & (1 << bit)) != 0) {
                names.add(FLAG_NAMES.get(bit));
                rest &= ~(1 << bit);
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names.isEmpty() ? "none" : String.join(" | ", names);
    }

    private static List<String> typeDifference(String what, int live, int wanted, LayoutComparison layouts) {
        if ((live == 0) != (wanted == 0)) {
            return List.of("The " + what + " of " + (live == 0 ? "the live map" : "the new object's map")
                    + " has no BTF type, so it cannot be compared with the other's.");
        }
        if (live != 0) {
            layouts.compare(what, live, wanted);
        }
        return List.of();
    }

    private static List<String> sectionDifferences(
            MapDefinition live, Btf liveBtf, MapDefinition wanted, Btf wantedBtf, LayoutComparison layouts) {
        Optional<DataSection> before = liveBtf.dataSection(live.name());
        Optional<DataSection> after = wantedBtf.dataSection(wanted.name());
        if (before.isEmpty() || after.isEmpty()) {
            return List.of((before.isEmpty() ? "The live version" : "The new object") + " has no BTF for " + live.name()
                    + ", so the places of its variables cannot be compared.");
        }
        layouts.compareSections(before.get(), after.get());
        return List.of();
    }

    private static Optional<String> choice(MapDefinition live, Btf liveBtf, MapDefinition wanted, Btf wantedBtf) {
        if (live.staticInitializers() || wanted.staticInitializers()) {
            return Optional.of(
                    "It is a map of maps that its object fills at load: carried over, the new version's inner maps would"
                            + " replace the live ones before the new version runs.");
        }
        if (isMapOfMaps(live)) {
            return Optional.of(
                    "It is a map of maps, and BTF does not tell how the inner maps that are in it were made.");
        }
        Set<String> owned = valueFields(live, liveBtf);
        owned.addAll(valueFields(wanted, wantedBtf));
        owned.removeAll(Set.of("bpf_spin_lock", "bpf_res_spin_lock", "bpf_refcount"));
        if (!owned.isEmpty()) {
            return Optional.of("Its value holds objects that the kernel keeps (" + String.join(", ", owned)
                    + "), which the old version put there.");
        }
        boolean untyped = live.keyTypeId() == 0 && live.valueTypeId() == 0 && !live.dataSection();
        return untyped && holdsData(live)
                ? Optional.of("It is declared by key_size and value_size: the meaning of its bytes cannot be compared.")
                : Optional.empty();
    }

    private static boolean isMapOfMaps(MapDefinition map) {
        return map.type() == MapType.ARRAY_OF_MAPS.code() || map.type() == MapType.HASH_OF_MAPS.code();
    }

    /** Whether programs choose what its bytes mean. */
    private static boolean holdsData(MapDefinition map) {
        return MapType.of(map.type())
                .map(type -> switch (type) {
                    case PERF_EVENT_ARRAY, CGROUP_ARRAY, STACK_TRACE, DEVMAP, DEVMAP_HASH, CPUMAP, XSKMAP -> false;
                    case SOCKMAP, REUSEPORT_SOCKARRAY, RINGBUF, USER_RINGBUF, ARENA, STRUCT_OPS, PROG_ARRAY -> false;
                    case ARRAY_OF_MAPS, HASH_OF_MAPS, INSN_ARRAY -> false;
                    case UNSPEC, HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE -> true;
                    case SOCKHASH, CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, QUEUE, STACK, SK_STORAGE -> true;
                    case INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE, BLOOM_FILTER -> true;
                })
                .orElse(true);
    }

    private static List<String> notes(MapDefinition live, MapDefinition wanted, LayoutComparison layouts) {
        List<String> notes = new ArrayList<>(layouts.notes());
        if (live.dataSection() && !Arrays.equals(live.initialValue(), wanted.initialValue())) {
            notes.add("Initial values in " + wanted.name()
                    + " have changed; they have no effect, because the live values are carried over.");
        }
        return notes;
    }
}
