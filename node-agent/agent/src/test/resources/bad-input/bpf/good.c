#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} recent SEC(".maps");

struct lpm_key {
	__u32 prefixlen;
	__u32 address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm_key);
	__type(value, __u32);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

const volatile __u16 blocked_port = 80;
const volatile char label[8] = "x";
const volatile _Bool strict = 0;
__u64 seen = 0;

SEC("cgroup_skb/egress")
int allow(struct __sk_buff *skb)
{
	__u32 key = blocked_port;
	struct lpm_key lpm = {32, key};
	__u64 *count = bpf_map_lookup_elem(&counters, &(__u32){0});

	if (count)
		__sync_fetch_and_add(count, 1);
	seen++;
	if (bpf_map_lookup_elem(&ports, &key) || bpf_map_lookup_elem(&recent, &key) || bpf_map_lookup_elem(&blocked, &lpm))
		return 0;
	return label[0] == 'q' && strict ? 0 : 1;
}

SEC("cgroup_skb/egress")
int second(struct __sk_buff *skb)
{
	return 1;
}

char _license[] SEC("license") = "GPL";
