#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 0x7fffffff);
	__uint(key_size, 4);
	__uint(value_size, 4096);
} enormous SEC(".maps");

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

SEC("cgroup_skb/egress")
int needs_memory(struct __sk_buff *skb)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&enormous, &key) != 0;
}

SEC("cgroup_skb/egress")
int needs_kernel_btf(struct __sk_buff *skb)
{
	return __builtin_preserve_type_info(*(struct task_struct *)0, 0);
}

SEC("cgroup_skb/egress")
int needs_gpl(struct __sk_buff *skb)
{
	static const char format[] = "seen";

	bpf_trace_printk(format, sizeof(format));
	return 1;
}

/* Every turn of the loop is a state of its own, so verifying takes seconds. */
SEC("cgroup_skb/egress")
int takes_long(struct __sk_buff *skb)
{
	__u64 sum = skb->len;

	for (int i = 0; i < 20000; i++) {
		if (skb->mark & (1u << (i % 32)))
			sum += skb->priority * i;
		else
			sum ^= skb->hash + i;
	}
	return sum > 0;
}

char _license[] SEC("license") = "Proprietary";
