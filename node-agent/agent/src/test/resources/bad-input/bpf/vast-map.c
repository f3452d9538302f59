#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 0x10000000);
	__type(key, __u32);
	__uint(value_size, 4096);
} vast SEC(".maps");

SEC("cgroup_skb/egress")
int allow(struct __sk_buff *skb)
{
	__u32 key = 1;

	return bpf_map_lookup_elem(&vast, &key) ? 0 : 1;
}

char _license[] SEC("license") = "GPL";
