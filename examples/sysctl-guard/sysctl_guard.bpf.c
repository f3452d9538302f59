// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Lets every sysctl be read and only the listed ones be written, each only with a number within its range. Root in a
 * container with a writable /proc/sys is bound by it too.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#define NAME_LENGTH 64
#define VALUE_LENGTH 24 /* 20 digits, a newline and the end */

/* As below /proc/sys, filled up with zeros: net/ipv4/ip_default_ttl. */
typedef char sysctl_name[NAME_LENGTH];

/* Both bounds are allowed values. */
struct range {
	__u64 lowest;
	__u64 highest;
};

/* Index in `counters`. */
enum outcome {
	READ,
	WRITTEN,
	DENIED_NAME,
	DENIED_VALUE,
	OUTCOMES,
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, sysctl_name);
	__type(value, struct range);
} writable SEC(".maps");

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

static __always_inline bool is_space(char c)
{
	return c == '\n' || c == ' ' || c == '\t' || c == 0;
}

/* Whether what is being written is one unsigned number within the range, and nothing behind it. */
static __always_inline bool within(struct bpf_sysctl *ctx, const struct range *range)
{
	char text[VALUE_LENGTH] = {};
	unsigned long number;
	long length, used;

	length = bpf_sysctl_get_new_value(ctx, text, sizeof(text));
	if (length <= 0 || length >= VALUE_LENGTH)
		return false;
	used = bpf_strtoul(text, sizeof(text), 0, &number);
	if (used <= 0 || used >= VALUE_LENGTH)
		return false;
	for (int i = 0; i < VALUE_LENGTH; i++)
		if (i >= used && !is_space(text[i]))
			return false;
	return number >= range->lowest && number <= range->highest;
}

static __always_inline enum outcome judge(struct bpf_sysctl *ctx)
{
	sysctl_name name = {};
	struct range *range;

	if (!ctx->write)
		return READ;
	/* A name that does not fit cannot be in the list. */
	if (bpf_sysctl_get_name(ctx, name, sizeof(name), 0) < 0)
		return DENIED_NAME;
	range = bpf_map_lookup_elem(&writable, &name);
	if (!range)
		return DENIED_NAME;
	return within(ctx, range) ? WRITTEN : DENIED_VALUE;
}

SEC("cgroup/sysctl")
int sysctl_guard(struct bpf_sysctl *ctx)
{
	enum outcome outcome = judge(ctx);

	count(outcome);
	return outcome == READ || outcome == WRITTEN;
}

char _license[] SEC("license") = "GPL";
