// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* The platform team's program: a connect to a service address goes to the backend behind it. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Ports are in host order. */
struct service {
	__be32 address;
	__u32 port;
};

struct backend {
	__be32 address;
	__u32 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct service);
	__type(value, struct backend);
} services SEC(".maps");

SEC("cgroup/connect4")
int translate(struct bpf_sock_addr *ctx)
{
	struct service key = {.address = ctx->user_ip4, .port = bpf_ntohs(ctx->user_port)};
	struct backend *backend = bpf_map_lookup_elem(&services, &key);

	if (backend) {
		ctx->user_ip4 = backend->address;
		ctx->user_port = bpf_htons(backend->port);
	}
	return 1;
}

char _license[] SEC("license") = "GPL";
