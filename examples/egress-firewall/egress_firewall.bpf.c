// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Denies packets by destination address (most specific prefix) and by destination port, and counts all of them. */
#include "firewall.h"

SEC("cgroup_skb/egress")
int egress_firewall(struct __sk_buff *skb)
{
	struct packet packet;
	enum outcome outcome = judge(skb, &packet);

	count(skb, outcome);
	return answer(outcome);
}

char _license[] SEC("license") = "GPL";
