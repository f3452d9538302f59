// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Programs that record, for each numbered UDP packet, which of them ran and in which order: every program appends its
 * digit to trace[number]. A packet that missed a program, passed one twice or met them in another order is found exactly.
 *
 * The programs of one packet run one after another on one CPU, and a number belongs to one packet: no atomics are needed.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#ifndef TRACES
#define TRACES 524288
#endif
/* Other defaults make objects with another digest. */
#ifndef GENERATION
#define GENERATION 0
#endif

#define MAGIC 0x62706663 /* "bpfc" */
#define LIST_KEYS 8
#define MIXED 0xf /* the digit of a packet that saw a part of one list and a part of another */

/* The destination port of the numbered packets, in host order. */
const volatile __u16 port = 0;
/* Different numbers make different versions that behave alike. */
const volatile __u32 generation = GENERATION;

struct numbered {
	__be32 magic;
	__be32 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TRACES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} trace SEC(".maps");

/* Every numbered packet that slot_1 saw; kept over versions. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counted SEC(".maps");

/* All keys of one version of the list have the same value, from 1 to 14. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LIST_KEYS);
	__type(key, __u32);
	__type(value, __u32);
} list SEC(".maps");

static __always_inline bool numbered(struct __sk_buff *skb, __u32 *number)
{
	struct numbered payload;
	struct udphdr udp;
	struct iphdr ip;
	__u32 offset;

	if (skb->protocol != bpf_htons(ETH_P_IP) || bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) ||
	    ip.protocol != IPPROTO_UDP)
		return false;
	offset = (__u32)ip.ihl * 4;
	if (bpf_skb_load_bytes(skb, offset, &udp, sizeof(udp)) || udp.dest != bpf_htons(port) ||
	    bpf_skb_load_bytes(skb, offset + sizeof(udp), &payload, sizeof(payload)) ||
	    payload.magic != bpf_htonl(MAGIC))
		return false;
	*number = bpf_ntohl(payload.number);
	return true;
}

static __always_inline void append(__u32 number, __u64 digit)
{
	__u64 *digits = bpf_map_lookup_elem(&trace, &number);

	if (digits)
		*digits = *digits << 4 | digit;
}

static __always_inline int visit(struct __sk_buff *skb, __u64 digit)
{
	__u32 number, zero = 0;
	__u64 *count;

	if (!numbered(skb, &number))
		return 1;
	append(number, digit);
	if (digit == 1) {
		count = bpf_map_lookup_elem(&counted, &zero);
		if (count)
			__sync_fetch_and_add(count, 1);
	}
	return 1;
}

#define SLOT(digit)                                                                                                    \
	SEC("cgroup_skb/egress")                                                                                       \
	int slot_##digit(struct __sk_buff *skb)                                                                        \
	{                                                                                                              \
		return visit(skb, digit);                                                                              \
	}

SLOT(1)
SLOT(2)
SLOT(3)
SLOT(4)
SLOT(5)
SLOT(6)
SLOT(7)
SLOT(8)
SLOT(9)
SLOT(10)
SLOT(11)
SLOT(12)

/* Appends the value that all keys of the list have, or MIXED. A missing key counts as the value 0. */
SEC("cgroup_skb/egress")
int whole_list(struct __sk_buff *skb)
{
	__u32 number, first = 0;
	bool mixed = false;

	if (!numbered(skb, &number))
		return 1;
	for (__u32 key = 0; key < LIST_KEYS; key++) {
		__u32 lookup = key;
		__u32 *found = bpf_map_lookup_elem(&list, &lookup);
		__u32 value = found ? *found : 0;

		if (key == 0)
			first = value;
		else if (value != first)
			mixed = true;
	}
	append(number, mixed || first == 0 ? MIXED : first & 0xf);
	return 1;
}

char _license[] SEC("license") = "GPL";
