/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reads IPv4 and IPv6 headers of a packet at the cgroup_skb hooks, where offset 0 is the network header.
 *
 * Bytes are fetched with bpf_skb_load_bytes(), so it makes no difference whether the packet is linear. Loops are bounded
 * for verifiers from Linux 5.10 on.
 */
#ifndef BPFCHAIN_EXAMPLES_PACKET_H
#define BPFCHAIN_EXAMPLES_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define IPV4_FRAGMENT_OFFSET 0x1fff
#define IPV6_FRAGMENT_OFFSET 0xfff8
#define IPV6_EXTENSION_HEADERS 8 /* More in one packet are found in attacks only. */

#ifndef IPPROTO_MH
#define IPPROTO_MH 135
#endif

/* IPv4 addresses are written as IPv6 ones: ::ffff:a.b.c.d. */
struct packet {
	struct in6_addr source;
	struct in6_addr destination;
	__u8 version;  /* 4 or 6 */
	__u8 protocol; /* the transport's, behind all extension headers */
	bool has_ports; /* false for other protocols than TCP, UDP, SCTP, DCCP and UDP-Lite, and for all fragments but the first */
	__u16 source_port;	/* host order */
	__u16 destination_port; /* host order */
};

enum parsed {
	PARSED,
	NOT_IP,	   /* neither IPv4 nor IPv6 */
	MALFORMED, /* too short, impossible lengths, or too many extension headers */
};

static __always_inline struct in6_addr mapped(__be32 address)
{
	struct in6_addr v6 = {};

	v6.s6_addr32[2] = bpf_htonl(0xffff);
	v6.s6_addr32[3] = address;
	return v6;
}

static __always_inline bool carries_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_DCCP || protocol == IPPROTO_UDPLITE;
}

/* The protocols that carry_ports() have both ports in their first four bytes. */
static __always_inline enum parsed parse_ports(struct __sk_buff *skb, __u32 offset, struct packet *packet)
{
	__be16 ports[2];

	if (!carries_ports(packet->protocol))
		return PARSED;
	if (bpf_skb_load_bytes(skb, offset, ports, sizeof(ports)))
		return MALFORMED;
	packet->source_port = bpf_ntohs(ports[0]);
	packet->destination_port = bpf_ntohs(ports[1]);
	packet->has_ports = true;
	return PARSED;
}

static __always_inline enum parsed parse_ipv4(struct __sk_buff *skb, struct packet *packet)
{
	struct iphdr header;

	if (bpf_skb_load_bytes(skb, 0, &header, sizeof(header)) || header.version != 4 || header.ihl < 5)
		return MALFORMED;
	packet->version = 4;
	packet->protocol = header.protocol;
	packet->source = mapped(header.saddr);
	packet->destination = mapped(header.daddr);
	if (header.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET))
		return PARSED;
	return parse_ports(skb, (__u32)header.ihl * 4, packet);
}

/* The start that all extension headers but the fragment header share. */
struct extension {
	__u8 next;
	__u8 length;
};

struct ipv6_fragment {
	__u8 next;
	__u8 reserved;
	__be16 offset;
	__be32 identification;
};

static __always_inline enum parsed parse_ipv6(struct __sk_buff *skb, struct packet *packet)
{
	__u32 offset = sizeof(struct ipv6hdr);
	struct ipv6_fragment fragment;
	struct extension extension;
	struct ipv6hdr header;
	__u8 next;

	if (bpf_skb_load_bytes(skb, 0, &header, sizeof(header)) || header.version != 6)
		return MALFORMED;
	packet->version = 6;
	packet->source = header.saddr;
	packet->destination = header.daddr;
	next = header.nexthdr;
	for (int i = 0; i < IPV6_EXTENSION_HEADERS; i++) {
		packet->protocol = next;
		switch (next) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_MH:
			if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
				return MALFORMED;
			offset += ((__u32)extension.length + 1) * 8;
			next = extension.next;
			break;
		case IPPROTO_AH:
			if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
				return MALFORMED;
			offset += ((__u32)extension.length + 2) * 4;
			next = extension.next;
			break;
		case IPPROTO_FRAGMENT:
			if (bpf_skb_load_bytes(skb, offset, &fragment, sizeof(fragment)))
				return MALFORMED;
			offset += sizeof(fragment);
			next = fragment.next;
			if (fragment.offset & bpf_htons(IPV6_FRAGMENT_OFFSET)) {
				/* What follows is the middle of something: it must not be read as a header. */
				packet->protocol = next;
				return PARSED;
			}
			break;
		default:
			return parse_ports(skb, offset, packet);
		}
	}
	return MALFORMED;
}

/* Fills in the packet. What is not PARSED must not be used. */
static __always_inline enum parsed parse_packet(struct __sk_buff *skb, struct packet *packet)
{
	__builtin_memset(packet, 0, sizeof(*packet));
	switch (skb->protocol) {
	case bpf_htons(ETH_P_IP):
		return parse_ipv4(skb, packet);
	case bpf_htons(ETH_P_IPV6):
		return parse_ipv6(skb, packet);
	default:
		return NOT_IP;
	}
}

#endif
