#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} ports SEC(".maps");

SEC("cgroup_skb/egress")
int allow(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 value = 2;

	bpf_map_update_elem(&ports, &key, &value, BPF_ANY);
	return 1;
}

char _license[] SEC("license") = "GPL";
