// What the training runs of scripts/aot-cache and scripts/aot-cluster load.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 limit = 1;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

SEC("cgroup_skb/egress") int first(struct __sk_buff *skb)
{
	__u32 key = skb->len;

	return bpf_map_lookup_elem(&ports, &key) || limit > 1500 ? 0 : 1;
}

SEC("cgroup_skb/egress") int second(struct __sk_buff *skb)
{
	return skb->len > 0;
}

char _license[] SEC("license") = "GPL";
