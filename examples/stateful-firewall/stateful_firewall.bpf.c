// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * A stateful firewall of two programs: what goes out is recorded as a flow, and what comes in is admitted when it answers a
 * flow that is not too old, or when it is for a port that is open.
 */
#include "packet.h"

#define NANOSECONDS 1000000000ULL

/*
 * Seen from this side: local is our address, remote the other's; IPv4 addresses are written as ::ffff:a.b.c.d. ICMP has no
 * ports: they are zero. No padding: it would be a part of the key.
 */
struct flow {
	struct in6_addr local;
	struct in6_addr remote;
	__u16 local_port;
	__u16 remote_port;
	__u32 protocol;
};

/* Index in `counters`. */
enum outcome {
	SENT,
	ADMITTED_REPLY,
	ADMITTED_OPEN_PORT,
	DENIED_UNSOLICITED,
	DENIED_MALFORMED,
	OUTCOMES,
};

/* A flow that was silent for longer is forgotten. */
const volatile __u32 idle_seconds = 300;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, __u64); /* when it was last used: nanoseconds since boot */
} flows SEC(".maps");

/* Local ports that anyone may send to. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, __u8); /* IPPROTO_TCP or IPPROTO_UDP */
} open_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, OUTCOMES);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

static __always_inline void count(enum outcome outcome)
{
	__u32 index = outcome;
	__u64 *counter = bpf_map_lookup_elem(&counters, &index);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

static __always_inline void flow_of(const struct packet *packet, bool outgoing, struct flow *flow)
{
	flow->local = outgoing ? packet->source : packet->destination;
	flow->remote = outgoing ? packet->destination : packet->source;
	flow->local_port = outgoing ? packet->source_port : packet->destination_port;
	flow->remote_port = outgoing ? packet->destination_port : packet->source_port;
	flow->protocol = packet->protocol;
}

SEC("cgroup_skb/egress")
int record_flow(struct __sk_buff *skb)
{
	__u64 now = bpf_ktime_get_ns();
	struct packet packet;
	struct flow flow;
	__u64 *used;

	switch (parse_packet(skb, &packet)) {
	case PARSED:
		break;
	case NOT_IP:
		return 1;
	case MALFORMED:
		count(DENIED_MALFORMED);
		return 0;
	}
	flow_of(&packet, true, &flow);
	used = bpf_map_lookup_elem(&flows, &flow);
	if (used)
		*used = now;
	else
		bpf_map_update_elem(&flows, &flow, &now, BPF_ANY);
	count(SENT);
	return 1;
}

/* A flow in use by its answers alone (a long download) stays in use. */
static __always_inline bool answers_flow(const struct packet *packet)
{
	__u64 now = bpf_ktime_get_ns();
	struct flow flow;
	__u64 *used;

	flow_of(packet, false, &flow);
	used = bpf_map_lookup_elem(&flows, &flow);
	if (!used)
		return false;
	/* The other CPU may have written a later time than our now. */
	if (now > *used && now - *used > idle_seconds * NANOSECONDS)
		return false;
	*used = now;
	return true;
}

static __always_inline bool port_open(const struct packet *packet)
{
	__u16 port = packet->destination_port;
	__u8 *protocol;

	if (!packet->has_ports)
		return false;
	protocol = bpf_map_lookup_elem(&open_ports, &port);
	return protocol && *protocol == packet->protocol;
}

static __always_inline enum outcome judge(struct __sk_buff *skb)
{
	struct packet packet;

	switch (parse_packet(skb, &packet)) {
	case PARSED:
		break;
	case NOT_IP:
		return DENIED_UNSOLICITED;
	case MALFORMED:
		return DENIED_MALFORMED;
	}
	if (answers_flow(&packet))
		return ADMITTED_REPLY;
	return port_open(&packet) ? ADMITTED_OPEN_PORT : DENIED_UNSOLICITED;
}

SEC("cgroup_skb/ingress")
int admit_replies(struct __sk_buff *skb)
{
	enum outcome outcome = judge(skb);

	count(outcome);
	return outcome == ADMITTED_REPLY || outcome == ADMITTED_OPEN_PORT;
}

char _license[] SEC("license") = "GPL";
