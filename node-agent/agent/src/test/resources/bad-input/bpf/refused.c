#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup_skb/egress")
int out_of_range(struct __sk_buff *skb)
{
	char *nowhere = (char *)(long)skb->len;

	return *nowhere;
}

char _license[] SEC("license") = "GPL";
