// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Says which local ports may be bound: those in a list, and port 0 (the kernel then chooses one that is free). Everything
 * else fails with EPERM. May also let a process without CAP_NET_BIND_SERVICE bind the listed ports below 1024.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* What a bind program answers: bit 0 allows, bit 1 skips the check of CAP_NET_BIND_SERVICE (Linux 5.12 and newer). */
#define DENY 0
#define ALLOW 1
#define ALLOW_UNPRIVILEGED 3

enum protocols {
	TCP = 1,
	UDP = 2,
	TCP_AND_UDP = 3,
};

/* Index in `counters`. */
enum outcome {
	ALLOWED,
	DENIED,
	OUTCOMES,
};

/*
 * true: no capability is needed for the listed ports. While it is false the verifier removes the branch that needs
 * Linux 5.12, so the object loads on older kernels too.
 */
const volatile bool without_capability = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, enum protocols);
} allowed_ports SEC(".maps");

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

static __always_inline bool listed(__u16 port, __u32 protocol)
{
	enum protocols *protocols = bpf_map_lookup_elem(&allowed_ports, &port);

	if (!protocols)
		return false;
	return (protocol == IPPROTO_TCP && (*protocols & TCP)) || (protocol == IPPROTO_UDP && (*protocols & UDP));
}

static __always_inline int judge(const struct bpf_sock_addr *ctx)
{
	__u16 port = bpf_ntohs(ctx->user_port);

	if (port == 0) {
		count(ALLOWED);
		return ALLOW;
	}
	if (!listed(port, ctx->protocol)) {
		count(DENIED);
		return DENY;
	}
	count(ALLOWED);
	if (without_capability)
		return ALLOW_UNPRIVILEGED;
	return ALLOW;
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	return judge(ctx);
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	return judge(ctx);
}

char _license[] SEC("license") = "GPL";
