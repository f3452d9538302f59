// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* The security team's program: a connect to a denied network fails with EPERM. It judges the address that it is given. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum verdict {
	ALLOW,
	DENY,
};

struct prefix4 {
	__u32 prefixlen;
	__be32 address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix4);
	__type(value, enum verdict);
} networks SEC(".maps");

SEC("cgroup/connect4")
int guard(struct bpf_sock_addr *ctx)
{
	struct prefix4 key = {.prefixlen = 32, .address = ctx->user_ip4};
	enum verdict *verdict = bpf_map_lookup_elem(&networks, &key);

	return !(verdict && *verdict == DENY);
}

char _license[] SEC("license") = "GPL";
