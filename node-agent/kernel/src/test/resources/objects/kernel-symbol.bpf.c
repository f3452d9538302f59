// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern const void init_net __ksym;

SEC("cgroup_skb/egress")
int asks_for_an_address(struct __sk_buff *skb)
{
	return skb->len != (__u32)(unsigned long)&init_net;
}

char _license[] SEC("license") = "GPL";
