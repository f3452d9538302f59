// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Says which device nodes may be opened or made: those in a list, with the access that the list grants. An entry with the
 * minor number ANY holds for all of a driver's devices that have no entry of their own.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#define ANY 0xffffffff

/* As the kernel numbers them (BPF_DEVCG_DEV_*). */
enum kind {
	BLOCK = BPF_DEVCG_DEV_BLOCK,
	CHARACTER = BPF_DEVCG_DEV_CHAR,
};

struct device {
	enum kind kind;
	__u32 major;
	__u32 minor;
};

struct access {
	bool mknod;
	bool read;
	bool write;
};

/* Index in `counters`. */
enum outcome {
	ALLOWED,
	DENIED,
	OUTCOMES,
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct device);
	__type(value, struct access);
} devices SEC(".maps");

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

static __always_inline const struct access *granted(const struct bpf_cgroup_dev_ctx *ctx)
{
	struct device key = {
		.kind = ctx->access_type & 0xffff,
		.major = ctx->major,
		.minor = ctx->minor,
	};
	const struct access *access = bpf_map_lookup_elem(&devices, &key);

	if (access)
		return access;
	key.minor = ANY;
	return bpf_map_lookup_elem(&devices, &key);
}

SEC("cgroup/dev")
int device_policy(struct bpf_cgroup_dev_ctx *ctx)
{
	__u32 wanted = ctx->access_type >> 16;
	const struct access *access = granted(ctx);
	bool allowed = access && (access->mknod || !(wanted & BPF_DEVCG_ACC_MKNOD)) &&
		       (access->read || !(wanted & BPF_DEVCG_ACC_READ)) &&
		       (access->write || !(wanted & BPF_DEVCG_ACC_WRITE));

	count(allowed ? ALLOWED : DENIED);
	return allowed;
}

char _license[] SEC("license") = "GPL";
