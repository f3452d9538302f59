// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Judges connect(2) before anything is sent: to a denied destination it fails with EPERM, and to a redirected one it goes
 * to another address and port. Also covers connect(2) on UDP sockets; sendto(2) without connect has hooks of its own.
 */
#include <linux/bpf.h>
#include <linux/in6.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum verdict {
	ALLOW,
	DENY,
};

/* Index in `counters`. */
enum outcome {
	ALLOWED,
	REDIRECTED,
	DENIED,
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

/* Ports are in host order; the protocol is IPPROTO_TCP or IPPROTO_UDP. No struct has padding, as padding is a part of a key. */
struct endpoint4 {
	__be32 address;
	__u16 port;
	__u16 protocol;
};

struct endpoint6 {
	struct in6_addr address;
	__u16 port;
	__u16 protocol;
};

struct target4 {
	__be32 address;
	__u32 port;
};

struct target6 {
	struct in6_addr address;
	__u32 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix4);
	__type(value, enum verdict);
} destinations4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix6);
	__type(value, enum verdict);
} destinations6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct endpoint4);
	__type(value, struct target4);
} redirects4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct endpoint6);
	__type(value, struct target6);
} redirects6 SEC(".maps");

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

static __always_inline bool redirect4(struct bpf_sock_addr *ctx)
{
	struct endpoint4 key = {
		.address = ctx->user_ip4,
		.port = bpf_ntohs(ctx->user_port),
		.protocol = ctx->protocol,
	};
	struct target4 *target = bpf_map_lookup_elem(&redirects4, &key);

	if (!target)
		return false;
	ctx->user_ip4 = target->address;
	ctx->user_port = bpf_htons(target->port);
	return true;
}

static __always_inline bool denied4(__be32 address)
{
	struct prefix4 key = {.prefixlen = 32, .address = address};
	enum verdict *verdict = bpf_map_lookup_elem(&destinations4, &key);

	return verdict && *verdict == DENY;
}

/* The destination that counts is the one where the connection would really go. */
SEC("cgroup/connect4")
int guard4(struct bpf_sock_addr *ctx)
{
	bool redirected = redirect4(ctx);

	if (denied4(ctx->user_ip4)) {
		count(DENIED);
		return 0;
	}
	count(redirected ? REDIRECTED : ALLOWED);
	return 1;
}

/* ctx may be read and written in words only. */
static __always_inline struct in6_addr address6(const struct bpf_sock_addr *ctx)
{
	struct in6_addr address;

	address.s6_addr32[0] = ctx->user_ip6[0];
	address.s6_addr32[1] = ctx->user_ip6[1];
	address.s6_addr32[2] = ctx->user_ip6[2];
	address.s6_addr32[3] = ctx->user_ip6[3];
	return address;
}

static __always_inline bool redirect6(struct bpf_sock_addr *ctx)
{
	struct endpoint6 key = {
		.address = address6(ctx),
		.port = bpf_ntohs(ctx->user_port),
		.protocol = ctx->protocol,
	};
	struct target6 *target = bpf_map_lookup_elem(&redirects6, &key);

	if (!target)
		return false;
	ctx->user_ip6[0] = target->address.s6_addr32[0];
	ctx->user_ip6[1] = target->address.s6_addr32[1];
	ctx->user_ip6[2] = target->address.s6_addr32[2];
	ctx->user_ip6[3] = target->address.s6_addr32[3];
	ctx->user_port = bpf_htons(target->port);
	return true;
}

static __always_inline bool denied6(const struct bpf_sock_addr *ctx)
{
	struct prefix6 key = {.prefixlen = 128, .address = address6(ctx)};
	enum verdict *verdict = bpf_map_lookup_elem(&destinations6, &key);

	return verdict && *verdict == DENY;
}

/* An IPv6 socket can connect to an IPv4 address written as ::ffff:a.b.c.d; the IPv4 list must hold for it too. */
static __always_inline bool mapped4_denied(const struct bpf_sock_addr *ctx)
{
	return ctx->user_ip6[0] == 0 && ctx->user_ip6[1] == 0 && ctx->user_ip6[2] == bpf_htonl(0xffff) &&
	       denied4(ctx->user_ip6[3]);
}

SEC("cgroup/connect6")
int guard6(struct bpf_sock_addr *ctx)
{
	bool redirected = redirect6(ctx);

	if (denied6(ctx) || mapped4_denied(ctx)) {
		count(DENIED);
		return 0;
	}
	count(redirected ? REDIRECTED : ALLOWED);
	return 1;
}

char _license[] SEC("license") = "GPL";
