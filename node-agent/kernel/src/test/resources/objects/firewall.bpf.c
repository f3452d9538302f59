#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u16 blocked_port = 0;
__u64 packets;
int started = 7;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u8);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} pinned_by_name SEC(".maps");

static __attribute__((noinline)) int is_blocked(struct __sk_buff *skb)
{
	__u32 key = skb->remote_ip4;

	return bpf_map_lookup_elem(&blocked, &key) != 0;
}

__attribute__((noinline)) int count(struct __sk_buff *skb)
{
	__u32 key = skb->len > 1000;
	__u64 *value = bpf_map_lookup_elem(&counters, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	count(skb);
	if (blocked_port && skb->remote_port == blocked_port)
		return 0;
	return !is_blocked(skb);
}

SEC("cgroup/skb")
int either_way(struct __sk_buff *skb)
{
	__u32 key = 0, value = 1;

	__sync_fetch_and_add(&packets, started);
	bpf_map_update_elem(&pinned_by_name, &key, &value, 0);
	return 1;
}

SEC("our/monitor")
int monitor(struct __sk_buff *skb)
{
	__u32 length = skb->len;

	bpf_perf_event_output(skb, &events, BPF_F_CURRENT_CPU, &length, sizeof(length));
	return 1;
}

SEC("cgroup_skb/egress")
int writes_blocked(struct __sk_buff *skb)
{
	__u32 key = skb->remote_ip4;
	__u8 *value = bpf_map_lookup_elem(&blocked, &key);

	if (value)
		*value = 2;
	return 1;
}

SEC("cgroup_skb/egress")
int updates_blocked(struct __sk_buff *skb)
{
	__u32 key = skb->remote_ip4;
	__u8 value = 1;

	bpf_map_update_elem(&blocked, &key, &value, 0);
	return 1;
}

SEC("cgroup_skb/egress")
int reads_through_null(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u8 *value = bpf_map_lookup_elem(&blocked, &key);

	return *value > 0;
}

SEC("kprobe/do_nothing")
int a_kprobe(void *context)
{
	return 0;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *context)
{
	return 1;
}

char _license[] SEC("license") = "GPL";
