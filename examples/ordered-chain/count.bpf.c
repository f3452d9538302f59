// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The observability team's program: counts the attempts for each destination. Denied ones are among them: every program of
 * a hook runs, whatever the ones before it answered.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct destination {
	__be32 address;
	__u32 port; /* host order */
};

/* Holds the most recent destinations: the kernel evicts the others. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct destination);
	__type(value, __u64);
} attempts SEC(".maps");

SEC("cgroup/connect4")
int count(struct bpf_sock_addr *ctx)
{
	struct destination key = {.address = ctx->user_ip4, .port = bpf_ntohs(ctx->user_port)};
	__u64 *counter = bpf_map_lookup_elem(&attempts, &key);
	__u64 none = 0;

	if (!counter) {
		/* Another CPU may have been faster: then its entry is the one to count in. */
		bpf_map_update_elem(&attempts, &key, &none, BPF_NOEXIST);
		counter = bpf_map_lookup_elem(&attempts, &key);
	}
	if (counter)
		__sync_fetch_and_add(counter, 1);
	return 1;
}

char _license[] SEC("license") = "GPL";
