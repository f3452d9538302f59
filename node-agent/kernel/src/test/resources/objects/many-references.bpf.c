// SPDX-License-Identifier: GPL-2.0
/* So many references to maps that the C library's qsort asks how much memory there is. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

extern int LINUX_KERNEL_VERSION __kconfig;

#define ONCE                                                                                                 \
	{                                                                                                    \
		__u32 key = 0;                                                                               \
		__u64 *value = bpf_map_lookup_elem(&counters, &key);                                         \
		if (value)                                                                                   \
			__sync_fetch_and_add(value, 1);                                                      \
	}
#define EIGHT ONCE ONCE ONCE ONCE ONCE ONCE ONCE ONCE

SEC("cgroup_skb/egress")
int counts_often(struct __sk_buff *skb)
{
	EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT
	return LINUX_KERNEL_VERSION > 0;
}

char _license[] SEC("license") = "GPL";
