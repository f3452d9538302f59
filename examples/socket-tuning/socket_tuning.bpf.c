// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Gives every TCP connection of a cgroup keepalives and a user timeout, so that a peer that vanished is noticed within
 * minutes and not after two hours; the applications need not be changed.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

/* From asm-generic/socket.h and linux/tcp.h; the headers themselves do not get along with linux/bpf.h for this target. */
#define SOL_SOCKET 1
#define SOL_TCP 6
#define SO_KEEPALIVE 9
#define TCP_KEEPIDLE 4
#define TCP_KEEPINTVL 5
#define TCP_KEEPCNT 6
#define TCP_USER_TIMEOUT 18

/* What bpf_setsockopt() is given; 0 leaves the option as it is. */
const volatile __u32 keepalive_idle_seconds = 30;
const volatile __u32 keepalive_interval_seconds = 10;
const volatile __u32 keepalive_probes = 3;
const volatile __u32 user_timeout_milliseconds = 60000;

/* Index in `counters`. */
enum outcome {
	TUNED,
	FAILED, /* the kernel refused an option: a value out of its range */
	OUTCOMES,
};

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

/* Whether the option has the value now, or was not asked for. */
static __always_inline bool set(struct bpf_sock_ops *ctx, int level, int option, __u32 wanted)
{
	int value = wanted;

	return wanted == 0 || bpf_setsockopt(ctx, level, option, &value, sizeof(value)) == 0;
}

static __always_inline bool tune(struct bpf_sock_ops *ctx)
{
	bool keepalive = keepalive_idle_seconds || keepalive_interval_seconds || keepalive_probes;

	return set(ctx, SOL_TCP, TCP_KEEPIDLE, keepalive_idle_seconds) &&
	       set(ctx, SOL_TCP, TCP_KEEPINTVL, keepalive_interval_seconds) &&
	       set(ctx, SOL_TCP, TCP_KEEPCNT, keepalive_probes) &&
	       set(ctx, SOL_TCP, TCP_USER_TIMEOUT, user_timeout_milliseconds) &&
	       set(ctx, SOL_SOCKET, SO_KEEPALIVE, keepalive);
}

SEC("sockops")
int socket_tuning(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		count(tune(ctx) ? TUNED : FAILED);
		break;
	default:
		break;
	}
	return 1;
}

char _license[] SEC("license") = "GPL";
