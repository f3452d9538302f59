#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int callee(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} next SEC(".maps") = {
	.values = {[0] = (void *)&callee},
};

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, __u64);
} seen SEC(".maps");

SEC("cgroup_skb/egress")
int jump(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &next, 0);
	return 1;
}

SEC("cgroup_skb/egress")
int callee(struct __sk_buff *skb)
{
	__u64 *value = bpf_get_local_storage(&seen, 0);

	__sync_fetch_and_add(value, 1);
	return 1;
}

char _license[] SEC("license") = "GPL";
