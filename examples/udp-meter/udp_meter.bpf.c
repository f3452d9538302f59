// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Counts UDP datagrams for each peer: those sent with sendto(2) or sendmsg(2) to an address, and those received by
 * recvfrom(2) or recvmsg(2) that ask for the sender's address. A connected UDP socket is judged once, at connect(2): its
 * send(2) and recv(2) do not come by here.
 */
#include <linux/bpf.h>
#include <linux/in6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* IPv4 addresses are written as IPv6 ones: ::ffff:a.b.c.d. No padding: it would be a part of the key. */
struct peer {
	struct in6_addr address;
	__u32 port;
};

struct meter {
	__u64 sent;
	__u64 received;
	__u64 last_seen; /* nanoseconds since boot */
};

/* Index in `totals`. */
enum direction {
	SENT,
	RECEIVED,
	DIRECTIONS,
};

/* Holds the most recent peers: the kernel evicts the others. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct peer);
	__type(value, struct meter);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DIRECTIONS);
	__type(key, __u32);
	__type(value, __u64);
} totals SEC(".maps");

static __always_inline void meter(const struct peer *peer, enum direction direction)
{
	struct meter first = {.last_seen = bpf_ktime_get_ns()};
	struct meter *found = bpf_map_lookup_elem(&peers, peer);
	__u32 index = direction;
	__u64 *total = bpf_map_lookup_elem(&totals, &index);

	if (total)
		__sync_fetch_and_add(total, 1);
	if (!found) {
		/* Another CPU may have been faster: then its entry is the one to count in. */
		bpf_map_update_elem(&peers, peer, &first, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&peers, peer);
		if (!found)
			return;
	}
	__sync_fetch_and_add(direction == SENT ? &found->sent : &found->received, 1);
	found->last_seen = first.last_seen;
}

static __always_inline void meter4(const struct bpf_sock_addr *ctx, enum direction direction)
{
	struct peer peer = {.port = bpf_ntohs(ctx->user_port)};

	peer.address.s6_addr32[2] = bpf_htonl(0xffff);
	peer.address.s6_addr32[3] = ctx->user_ip4;
	meter(&peer, direction);
}

static __always_inline void meter6(const struct bpf_sock_addr *ctx, enum direction direction)
{
	struct peer peer = {.port = bpf_ntohs(ctx->user_port)};

	peer.address.s6_addr32[0] = ctx->user_ip6[0];
	peer.address.s6_addr32[1] = ctx->user_ip6[1];
	peer.address.s6_addr32[2] = ctx->user_ip6[2];
	peer.address.s6_addr32[3] = ctx->user_ip6[3];
	meter(&peer, direction);
}

SEC("cgroup/sendmsg4")
int meter_sent4(struct bpf_sock_addr *ctx)
{
	meter4(ctx, SENT);
	return 1;
}

SEC("cgroup/sendmsg6")
int meter_sent6(struct bpf_sock_addr *ctx)
{
	meter6(ctx, SENT);
	return 1;
}

SEC("cgroup/recvmsg4")
int meter_received4(struct bpf_sock_addr *ctx)
{
	meter4(ctx, RECEIVED);
	return 1;
}

SEC("cgroup/recvmsg6")
int meter_received6(struct bpf_sock_addr *ctx)
{
	meter6(ctx, RECEIVED);
	return 1;
}

char _license[] SEC("license") = "GPL";
