/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What both versions of the egress firewall have in common: the lists, the counters and the verdict. */
#ifndef EGRESS_FIREWALL_H
#define EGRESS_FIREWALL_H

#include "packet.h"

/* What the most specific matching prefix says. */
enum verdict {
	ALLOW,
	DENY,
};

enum protocols {
	TCP = 1,
	UDP = 2,
	TCP_AND_UDP = 3,
};

/* Index in `counters`. */
enum outcome {
	PASSED,
	DENIED_ADDRESS,
	DENIED_PORT,
	DENIED_MALFORMED,
	OUTCOMES,
};

struct prefix4 {
	__u32 prefixlen;
	__be32 address;
};

struct prefix6 {
	__u32 prefixlen;
	struct in6_addr address;
};

struct counter {
	__u64 packets;
	__u64 bytes;
};

/* false: only count what would be denied. */
const volatile bool enforce = true;

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix4);
	__type(value, enum verdict);
} destinations4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix6);
	__type(value, enum verdict);
} destinations6 SEC(".maps");

/* Destination ports that are denied whatever the address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, enum protocols);
} denied_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, OUTCOMES);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

static __always_inline bool address_denied(const struct packet *packet)
{
	enum verdict *verdict;

	if (packet->version == 4) {
		struct prefix4 key = {.prefixlen = 32, .address = packet->destination.s6_addr32[3]};

		verdict = bpf_map_lookup_elem(&destinations4, &key);
	} else {
		struct prefix6 key = {.prefixlen = 128, .address = packet->destination};

		verdict = bpf_map_lookup_elem(&destinations6, &key);
	}
	return verdict && *verdict == DENY;
}

static __always_inline bool port_denied(const struct packet *packet)
{
	__u16 port = packet->destination_port;
	enum protocols *denied;

	if (!packet->has_ports)
		return false; /* A later fragment is worth nothing without the first, which is judged. */
	denied = bpf_map_lookup_elem(&denied_ports, &port);
	if (!denied)
		return false;
	return (packet->protocol == IPPROTO_TCP && (*denied & TCP)) ||
	       (packet->protocol == IPPROTO_UDP && (*denied & UDP));
}

static __always_inline enum outcome judge(struct __sk_buff *skb, struct packet *packet)
{
	switch (parse_packet(skb, packet)) {
	case PARSED:
		break;
	case NOT_IP:
		return PASSED;
	case MALFORMED:
		return DENIED_MALFORMED;
	}
	if (address_denied(packet))
		return DENIED_ADDRESS;
	if (port_denied(packet))
		return DENIED_PORT;
	return PASSED;
}

/* Added atomically although it is per CPU: a softirq may send while a process on the same CPU is in the middle of this. */
static __always_inline void count(struct __sk_buff *skb, enum outcome outcome)
{
	__u32 index = outcome;
	struct counter *counter = bpf_map_lookup_elem(&counters, &index);

	if (!counter)
		return;
	__sync_fetch_and_add(&counter->packets, 1);
	__sync_fetch_and_add(&counter->bytes, skb->len);
}

static __always_inline int answer(enum outcome outcome)
{
	return outcome == PASSED || !enforce;
}

#endif
