#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int deny(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} next SEC(".maps") = {
	.values = {[1] = (void *)&deny},
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} denied SEC(".maps");

SEC("cgroup_skb/egress")
int jump(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &next, 1);
	return 1;
}

SEC("cgroup/skb")
int deny(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&denied, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

SEC("cgroup_skb/egress")
int allow(struct __sk_buff *skb)
{
	return 1;
}

char _license[] SEC("license") = "GPL";
