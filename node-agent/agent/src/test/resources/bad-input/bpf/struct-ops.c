// An object that carries operations of the kernel beside a program for cgroups.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct tcp_congestion_ops {
	char name[16];
};

SEC(".struct_ops") struct tcp_congestion_ops reckless = {.name = "reckless"};

SEC("cgroup_skb/egress") int allow(struct __sk_buff *skb) { return 1; }

char _license[] SEC("license") = "GPL";
