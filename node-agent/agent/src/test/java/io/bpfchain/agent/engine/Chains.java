package io.bpfchain.agent.engine;

import io.bpfchain.kernel.testing.BpfCompiler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Chains and objects for tests. */
public final class Chains {
    private Chains() {}

    /** An egress object with the functions first, second and third, which count packets; versions differ in a constant. */
    public static Path object(int version) {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_ARRAY);
                    __uint(max_entries, 4);
                    __type(key, __u32);
                    __type(value, __u64);
                } counters SEC(".maps");
                static int count(__u32 slot)
                {
                    __u64 *value = bpf_map_lookup_elem(&counters, &slot);
                    if (value)
                        __sync_fetch_and_add(value, 1);
                    return value && *value == %d00000000ULL ? 0 : 1;
                }
                SEC("cgroup_skb/egress") int first(struct __sk_buff *skb) { return count(0); }
                SEC("cgroup_skb/egress") int second(struct __sk_buff *skb) { return count(1); }
                SEC("cgroup_skb/egress") int third(struct __sk_buff *skb) { return count(2); }
                char _license[] SEC("license") = "GPL";
                """.formatted(version));
    }

    /** The same with a map that is declared by sizes, which BPF programs know no types of. */
    static Path untyped(int version, int capacity) {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_ARRAY);
                    __uint(max_entries, %d);
                    __uint(key_size, 4);
                    __uint(value_size, 8);
                } counters SEC(".maps");
                SEC("cgroup_skb/egress") int first(struct __sk_buff *skb)
                {
                    __u32 slot = 0;
                    __u64 *value = bpf_map_lookup_elem(&counters, &slot);
                    return value && *value == %d00000000ULL ? 0 : 1;
                }
                char _license[] SEC("license") = "GPL";
                """.formatted(capacity, version));
    }

    /** An egress object with a per-CPU map whose values are hard to write down. */
    static Path settings() {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <stdbool.h>
                #include <bpf/bpf_helpers.h>
                struct setting { __u64 limit; bool on; char label[15]; };
                struct {
                    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
                    __uint(max_entries, 4);
                    __type(key, __u32);
                    __type(value, struct setting);
                } settings SEC(".maps");
                SEC("cgroup_skb/egress") int first(struct __sk_buff *skb)
                {
                    __u32 key = 1;
                    return bpf_map_lookup_elem(&settings, &key) ? 1 : 0;
                }
                char _license[] SEC("license") = "GPL";
                """);
    }

    /** An egress object whose three functions and whose map have a name that nothing else has. */
    public static Path named(String prefix, int version) {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_ARRAY);
                    __uint(max_entries, 4);
                    __type(key, __u32);
                    __type(value, __u64);
                } %1$s_m SEC(".maps");
                static int count(__u32 slot)
                {
                    __u64 *value = bpf_map_lookup_elem(&%1$s_m, &slot);
                    if (value)
                        __sync_fetch_and_add(value, 1);
                    return value && *value == %2$d00000000ULL ? 0 : 1;
                }
                SEC("cgroup_skb/egress") int %1$s_1(struct __sk_buff *skb) { return count(0); }
                SEC("cgroup_skb/egress") int %1$s_2(struct __sk_buff *skb) { return count(1); }
                SEC("cgroup_skb/egress") int %1$s_3(struct __sk_buff *skb) { return count(2); }
                char _license[] SEC("license") = "GPL";
                """.formatted(prefix, version));
    }

    /** A chain of functions of one object on the test's cgroup. */
    public static String yaml(String name, TestHost host, Path object, String... functions) {
        return yaml(name, host.cgroup().path(), 100, object, functions);
    }

    public static String yaml(String name, String cgroup, int priority, Path object, String... functions) {
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%s"}
                  priority: %d
                  objects:
                  - {name: main, source: {file: {path: %s}}}
                  programs:
                %s
                """.formatted(
                        name,
                        cgroup,
                        priority,
                        object,
                        Arrays.stream(functions)
                                .map(f -> "  - {name: " + f + ", function: " + f + "}")
                                .collect(Collectors.joining("\n")));
    }

    /** An egress object whose program looks into its LPM trie {@code blocked}. */
    public static Path trie() {
        return trie(1);
    }

    /** The same in a version that differs in a constant. */
    static Path trie(int version) {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct key { __u32 prefix; __u8 address[4]; };
                struct {
                    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
                    __uint(map_flags, BPF_F_NO_PREALLOC);
                    __uint(max_entries, 16);
                    __type(key, struct key);
                    __type(value, __u32);
                } blocked SEC(".maps");
                SEC("cgroup_skb/egress") int filter(struct __sk_buff *skb)
                {
                    struct key key = {.prefix = 32};
                    return bpf_map_lookup_elem(&blocked, &key) || skb->mark == %d0000000U ? 0 : 1;
                }
                char _license[] SEC("license") = "GPL";
                """.formatted(version));
    }

    /** A chain with one program and the declared contents of its LPM trie {@code blocked}. */
    public static String withEntries(TestHost host, String entries, String... choices) {
        return withMap(
                "fw",
                host,
                trie(),
                "filter",
                "{name: blocked, entries: [" + entries + "]"
                        + Arrays.stream(choices).map(c -> ", " + c).collect(Collectors.joining()) + "}");
    }

    /** An egress object with room for a long list. */
    static Path listed() {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_HASH);
                    __uint(max_entries, 2048);
                    __type(key, __u32);
                    __type(value, __u32);
                } listed SEC(".maps");
                SEC("cgroup_skb/egress") int filter(struct __sk_buff *skb)
                {
                    __u32 mark = skb->mark;
                    return bpf_map_lookup_elem(&listed, &mark) ? 1 : 1;
                }
                char _license[] SEC("license") = "GPL";
                """);
    }

    /** A chain whose map of counters is shared. */
    public static String sharing(String name, TestHost host, String function) {
        return withMap(name, host, object(1), function, "{name: counters, sharedAs: totals}");
    }

    /** The egress object's map of counters, with another capacity, used by the function {@code entering} for ingress. */
    public static Path ingress(int capacity) {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_ARRAY);
                    __uint(max_entries, %d);
                    __type(key, __u32);
                    __type(value, __u64);
                } counters SEC(".maps");
                SEC("cgroup_skb/ingress") int entering(struct __sk_buff *skb)
                {
                    __u32 slot = 3;
                    __u64 *value = bpf_map_lookup_elem(&counters, &slot);
                    if (value)
                        __sync_fetch_and_add(value, 1);
                    return 1;
                }
                char _license[] SEC("license") = "GPL";
                """.formatted(capacity));
    }

    /** An egress object with one number to be configured. */
    public static Path configured() {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                const volatile __u32 longest = 1500;
                SEC("cgroup_skb/egress") int limit(struct __sk_buff *skb) { return skb->len <= longest; }
                char _license[] SEC("license") = "GPL";
                """);
    }

    /** A chain with something said about one map of its object. */
    static String withMap(String name, TestHost host, Path object, String function, String map) {
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%s"}
                  objects:
                  - name: main
                    source: {file: {path: %s}}
                    maps:
                    - %s
                  programs:
                  - {name: %s, function: %s}
                """.formatted(name, host.cgroup().path(), object, map, function, function);
    }
}
