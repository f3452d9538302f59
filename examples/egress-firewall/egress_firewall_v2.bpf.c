// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Version 2: also remembers which destinations were denied, and how often. `counters` is defined as before and goes on. */
#include "firewall.h"

/* No padding: it would be a part of the key. IPv4 addresses are written as ::ffff:a.b.c.d. */
struct destination {
	struct in6_addr address;
	__u16 port; /* host order */
	__u16 protocol;
};

struct denial {
	__u64 packets;
	__u64 last_seen; /* nanoseconds since boot */
};

/* Holds the most recent destinations: the kernel evicts the others. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct destination);
	__type(value, struct denial);
} denied SEC(".maps");

static __always_inline void remember(const struct packet *packet)
{
	struct destination key = {
		.address = packet->destination,
		.port = packet->destination_port,
		.protocol = packet->protocol,
	};
	struct denial first = {.packets = 0, .last_seen = bpf_ktime_get_ns()};
	struct denial *denial = bpf_map_lookup_elem(&denied, &key);

	if (!denial) {
		/* Another CPU may have been faster: then its entry is the one to count in. */
		bpf_map_update_elem(&denied, &key, &first, BPF_NOEXIST);
		denial = bpf_map_lookup_elem(&denied, &key);
		if (!denial)
			return;
	}
	__sync_fetch_and_add(&denial->packets, 1);
	denial->last_seen = first.last_seen;
}

SEC("cgroup_skb/egress")
int egress_firewall(struct __sk_buff *skb)
{
	struct packet packet;
	enum outcome outcome = judge(skb, &packet);

	count(skb, outcome);
	if (outcome == DENIED_ADDRESS || outcome == DENIED_PORT)
		remember(&packet);
	return answer(outcome);
}

char _license[] SEC("license") = "GPL";
