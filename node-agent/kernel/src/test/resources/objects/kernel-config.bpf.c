// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int CONFIG_HZ __kconfig;

SEC("cgroup_skb/egress")
int knows_the_clock(struct __sk_buff *skb)
{
	return CONFIG_HZ > 0;
}

char _license[] SEC("license") = "GPL";
