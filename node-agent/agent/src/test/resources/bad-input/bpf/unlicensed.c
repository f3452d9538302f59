#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup_skb/egress")
int allow(struct __sk_buff *skb)
{
	bpf_printk("seen");
	return 1;
}

char _license[] SEC("license") = "Proprietary";
