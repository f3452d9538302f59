package io.bpfchain.kernel.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.btf.CompiledObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapComparisonIT {
    private static final String HASH = "BPF_MAP_TYPE_HASH";

    /** An object with one map. */
    private static CompiledObject hash(String value) {
        return value.startsWith("enum")
                ? map("typedef " + value + " named;", HASH, "__u32", "named", "16", "0")
                : map("", HASH, "__u32", value, "16", "0");
    }

    private static CompiledObject map(
            String types, String type, String key, String value, String entries, String flags) {
        return CompiledObject.of(types + """
                struct { __uint(type, %s); __type(key, %s); __type(value, %s); __uint(max_entries, %s); __uint(map_flags, %s); }
                m SEC(".maps");
                SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return (long) &m != 0; }
                """.formatted(type, key, value, entries, flags));
    }

    private static CarryOver compare(CompiledObject live, CompiledObject wanted) {
        return MapComparison.compare(live.map("m"), live.btf(), wanted.map("m"), wanted.btf());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            __u32                                          | unsigned int
            struct { __u32 a; __u64 b; }                   | struct { const __u32 a; volatile __u64 b; }
            struct { __u32 a : 3; __u32 b : 29; }          | struct { __u32 a : 3; __u32 b : 29; }
            struct { union { __u8 a; __u16 b; }; }         | struct { union { __u8 a; __u16 b; }; }
            struct { struct bpf_spin_lock l; __u32 a; }    | struct { struct bpf_spin_lock l; __u32 a; }
            struct one { char name[8]; }                   | struct other { char name[8]; }
            """)
    void keepsMapsWhoseValuesMeanTheSame(String before, String after) {
        assertThat(compare(hash(before), hash(after))).isInstanceOf(CarryOver.Compatible.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            __u32                              | __s32                              | value was an unsigned integer of 32 bits and is now a signed integer of 32 bits.
            __u8                               | bool                               | value was an unsigned integer of 8 bits and is now a bool of 8 bits.
            struct { __u32 a; __u32 b; }       | struct { __u32 b; __u32 a; }       | value.a was at byte 0 and is now at byte 4.
            struct { __u32 a; __u32 b; }       | struct { __u32 a; __u32 c; }       | value.b is gone.
            struct { __u32 a : 3; __u32 b : 5; } | struct { __u32 a : 4; __u32 b : 4; } | value.a was a field of 3 bits at bit 0 and is now a field of 4 bits at bit 0.
            struct { __u8 a[8]; }              | struct { __u16 a[4]; }             | value.a was an array of 8 and is now an array of 4.
            struct { __u64 a; }                | struct { double a; }               | value.a was __u64 and is now double.
            struct { struct { __u32 x; } in; } | struct { struct { __s32 x; } in; } | value.in.x was an unsigned integer of 32 bits and is now a signed integer of 32 bits.
            union { struct { __u32 a; }; struct { __u32 b; }; } | union { struct { __s32 a; }; struct { __u32 b; }; } | value.(anonymous at bit 0).a was an unsigned integer of 32 bits and is now a signed integer of 32 bits.
            struct { __u32 a; }                | union { __u32 a; }                 | value was anonymous struct and is now anonymous union.
            enum { A, B = 4 }                  | enum { A, B = 5 }                  | value had the enum value B = 4, which is now 5.
            enum { C, D }                      | enum { C }                         | value had the enum value D = 1, which is gone.
            """)
    void saysWhichFieldsMeanSomethingElse(String before, String after, String difference) {
        assertThat(compare(hash(before), hash(after)))
                .isInstanceOfSatisfying(
                        CarryOver.Different.class, d -> assertThat(d.what()).contains(difference));
    }

    @Test
    void saysWhatDiffersInTheDefinition() {
        CompiledObject live = map("", HASH, "__u32", "__u64", "16", "0");
        assertThat(compare(live, map("", "BPF_MAP_TYPE_LRU_HASH", "__u32", "__u64", "16", "0")))
                .isEqualTo(different("The live map is of type hash, the new object wants lru_hash."));
        assertThat(compare(live, map("", HASH, "__u32", "__u64", "17", "0")))
                .isEqualTo(different("The max_entries of the live map is 16, the new object wants 17."));
        assertThat(compare(live, map("", HASH, "__u32", "__u64", "16", "BPF_F_NO_PREALLOC")))
                .isEqualTo(different("The flags of the live map are none, the new object wants BPF_F_NO_PREALLOC."));
        assertThat(compare(live, map("", HASH, "__u64", "__u64", "16", "0")))
                .isEqualTo(different(
                        "The key size in bytes of the live map is 4, the new object wants 8.",
                        "key was an unsigned integer of 32 bits and is now an unsigned integer of 64 bits."));
        assertThat(compare(live, map("", HASH, "__u32", "__u64", "16", "BPF_F_RDONLY_PROG")))
                .as("the flag that declared entries add does not count")
                .isEqualTo(new CarryOver.Compatible(List.of()));
    }

    private static CarryOver different(String... sentences) {
        return new CarryOver.Different(List.of(sentences));
    }

    @Test
    void mentionsWhatIsNewButHarmless() {
        assertThat(compare(hash("enum { A }"), hash("enum { A, B }")))
                .isEqualTo(new CarryOver.Compatible(List.of("value has the new enum value B = 1.")));
        assertThat(compare(hash("__u32"), hash("__be32")))
                .isEqualTo(new CarryOver.Compatible(List.of(
                        "value was declared as __u32 and is now __be32: its bytes are carried over unchanged.")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            struct { struct bpf_timer t; }                | whose callback stays that of the old version
            struct { struct { struct bpf_timer t; } x[2]; } | whose callback stays that of the old version
            """)
    void neverKeepsTimers(String value, String reason) {
        CompiledObject object = hash(value);
        assertThat(compare(object, object))
                .isInstanceOfSatisfying(
                        CarryOver.Never.class, n -> assertThat(n.reason()).contains(reason));
    }

    @Test
    void neverKeepsProgramArraysAndReadOnlyData() {
        CompiledObject calls = CompiledObject.of("""
                const volatile int limit = 1;
                struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4); __uint(value_size, 4); }
                m SEC(".maps");
                SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { bpf_tail_call(skb, &m, limit); return 1; }
                """);
        assertThat(compare(calls, calls)).isInstanceOf(CarryOver.Never.class);
        assertThat(MapComparison.compare(calls.map(".rodata"), calls.btf(), calls.map(".rodata"), calls.btf()))
                .isEqualTo(new CarryOver.Never(
                        "Read-only data (.rodata) is part of the version that the verifier has checked."));
    }

    @Test
    void keepsWhatItCannotSeeThroughOnlyWhenChosen() {
        CompiledObject plain = CompiledObject.of("""
                struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 2); __uint(key_size, 4); __uint(value_size, 4); }
                m SEC(".maps");
                struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
                SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return (long) &m != (long) &events; }
                """);
        assertThat(compare(plain, plain)).isInstanceOf(CarryOver.OnlyIfChosen.class);
        assertThat(MapComparison.compare(plain.map("events"), plain.btf(), plain.map("events"), plain.btf()))
                .isInstanceOf(CarryOver.Compatible.class);
        CompiledObject pointers = hash("struct { struct task_struct __attribute__((btf_type_tag(\"kptr\"))) *p; }");
        assertThat(compare(pointers, pointers)).isInstanceOf(CarryOver.OnlyIfChosen.class);
        CompiledObject maps = CompiledObject.of("""
                struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); }
                first SEC(".maps");
                struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 1); __uint(key_size, 4); __uint(value_size, 4);
                    __array(values, struct inner); } m SEC(".maps") = {.values = {&first}};
                SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return (long) &m != 0; }
                """);
        assertThat(compare(maps, maps))
                .isInstanceOfSatisfying(
                        CarryOver.OnlyIfChosen.class,
                        c -> assertThat(c.reason()).contains("fills at load"));
    }

    @Test
    void saysWhenOnlyOneSideHasTypes() {
        CompiledObject plain = CompiledObject.of("""
                struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __uint(key_size, 4); __uint(value_size, 4); }
                m SEC(".maps");
                SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return (long) &m != 0; }
                """);
        assertThat(compare(plain, hash("__u32")))
                .isEqualTo(different(
                        "The key of the live map has no BTF type, so it cannot be compared with the other's.",
                        "The value of the live map has no BTF type, so it cannot be compared with the other's."));
    }

    @Test
    void keepsDataOnlyWhereEveryVariableIsWhereItWas() {
        CompiledObject live = data("int count = 1; long total = 2;");
        assertThat(sections(live, data("int count = 1; long total = 2;")))
                .isEqualTo(new CarryOver.Compatible(List.of()));
        assertThat(sections(live, data("int count = 5; long total = 2;")))
                .isEqualTo(new CarryOver.Compatible(List.of("Initial values in .data have changed; they have no effect,"
                        + " because the live values are carried over.")));
        assertThat(sections(live, data("unsigned count = 1; long total = 2;")))
                .isEqualTo(
                        different(
                                "The variable count was a signed integer of 32 bits and is now an unsigned integer of 32 bits."));
        assertThat(sections(live, data("int count = 1; long sum = 2; int more = 3;")))
                .isInstanceOfSatisfying(
                        CarryOver.Different.class,
                        d -> assertThat(d.what())
                                .contains(
                                        "The variable total is gone.",
                                        "The variable sum is new.",
                                        ".data was a section of 16 bytes and is now one of 20 bytes."));
    }

    private static CompiledObject data(String variables) {
        return CompiledObject.of(variables + "SEC(\"cgroup_skb/egress\") int f(struct __sk_buff *skb) { return 1; }");
    }

    private static CarryOver sections(CompiledObject live, CompiledObject wanted) {
        return MapComparison.compare(live.map(".data"), live.btf(), wanted.map(".data"), wanted.btf());
    }
}
