// SPDX-License-Identifier: Apache-2.0
/*
 * Traffic for tests, and the reading of what tracer.bpf.c recorded about it.
 *
 *   traffic udp ADDRESS PORT FIRST COUNT RATE   sends numbered packets to an address of loopback; RATE packets a second, 0 = as
 *                                               fast as possible; says how many were sent, and how many denied with EPERM
 *   traffic send ADDRESS PORT COUNT RATE        the same to somebody else, numbered from 0 on; says at every 500th packet how far it is
 *   traffic receive PORT                        counts numbered packets for ever; says how many they are when none came for a while
 *   traffic tcp SEED                            one stream through which numbers made from SEED go, until told to stop
 *   traffic histogram PIN FIRST COUNT           the distinct traces of these numbers, in hex, and how often each occurred
 *   traffic reset PIN                           forgets all traces
 *
 * udp and tcp print "ready" when their sockets exist, begin at once, and stop early when standard input ends; send and receive,
 * for the containers of pods, know no standard input. The process must be in its cgroup before it starts, since a socket belongs
 * for ever to the cgroup that it was created in.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAGIC 0x62706663
#define BURST 32
#define SAYING 500 /* packets */
#define CHUNK 16384
#define DISTINCT 65536

static void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int told_to_stop(void)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};
	char byte;

	return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

static struct sockaddr_in address(const char *host, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		die(host);
	return address;
}

static int64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void wait_until(int64_t when)
{
	struct timespec until = {.tv_sec = when / 1000000000LL, .tv_nsec = when % 1000000000LL};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* Sends one packet, again where a buffer was full or a program denied it while it was being exchanged; says whether it was denied. */
static int send_number(int fd, const struct sockaddr_in *to, uint32_t number)
{
	uint32_t payload[2] = {htonl(MAGIC), htonl(number)};

	for (;;) {
		if (sendto(fd, payload, sizeof(payload), 0, (const struct sockaddr *)to, sizeof(*to)) == sizeof(payload))
			return 0;
		if (errno == EPERM)
			return 1;
		if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			die("sendto");
	}
}

/* Where a sender stands. */
struct progress {
	uint32_t sent;
	uint32_t denied;
};

static void send_burst(int fd, const struct sockaddr_in *to, uint32_t first, uint32_t count, struct progress *progress)
{
	for (int i = 0; i < BURST && progress->sent < count; i++)
		progress->denied += send_number(fd, to, first + progress->sent++);
}

/* Waits until as much time has passed as the packets so far may take. */
static void keep_rate(int64_t start, uint32_t sent, uint32_t rate)
{
	if (rate)
		wait_until(start + (int64_t)sent * 1000000000LL / rate);
}

static int udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

/* The receiver is never read: what does not fit into its buffer is dropped behind the egress hook, where it no longer counts. */
static int udp(const char *host, uint16_t port, uint32_t first, uint32_t count, uint32_t rate)
{
	struct sockaddr_in to = address(host, port);
	int receiver = udp_socket(), sender = udp_socket();
	int reuse = 1, smallest = 2048;
	struct progress progress = {};
	int64_t start;

	setsockopt(receiver, SOL_SOCKET, SO_REUSEPORT, &reuse, sizeof(reuse));
	setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof(smallest));
	if (bind(receiver, (struct sockaddr *)&to, sizeof(to)))
		die("bind");
	printf("ready\n");
	fflush(stdout);
	start = nanoseconds();
	while (progress.sent < count && !told_to_stop()) {
		send_burst(sender, &to, first, count, &progress);
		keep_rate(start, progress.sent, rate);
	}
	printf("sent %u denied %u nanoseconds %lld\n", progress.sent, progress.denied, (long long)(nanoseconds() - start));
	return 0;
}

static int send_away(const char *host, uint16_t port, uint32_t count, uint32_t rate)
{
	struct sockaddr_in to = address(host, port);
	struct progress progress = {};
	int sender = udp_socket();
	int64_t start = nanoseconds();
	uint32_t said = 0;

	while (progress.sent < count) {
		send_burst(sender, &to, 0, count, &progress);
		if (progress.sent - said >= SAYING || progress.sent == count) {
			said = progress.sent;
			printf("sent %u denied %u\n", progress.sent, progress.denied);
			fflush(stdout);
		}
		keep_rate(start, progress.sent, rate);
	}
	return 0;
}

static _Noreturn void receive_away(uint16_t port)
{
	struct sockaddr_in at = address("0.0.0.0", port);
	struct timeval quiet = {.tv_usec = 300000};
	int fd = udp_socket(), room = 8 << 20;
	uint64_t received = 0, said = 1;
	uint32_t payload[2];

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof(quiet));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	for (;;) {
		if (recv(fd, payload, sizeof(payload), 0) == sizeof(payload)) {
			received += payload[0] == htonl(MAGIC);
		} else if (received != said) {
			said = received;
			printf("received %llu\n", (unsigned long long)received);
			fflush(stdout);
		}
	}
}

static uint64_t next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct stream {
	int fd;
	uint64_t seed;
	uint64_t bytes;
	int broken;
};

/* Makes the same numbers as the sender and compares every byte. */
static void *receive(void *argument)
{
	struct stream *stream = argument;
	uint64_t state = stream->seed, expected[CHUNK / 8];
	char chunk[CHUNK];

	for (;;) {
		size_t have = 0;

		while (have < CHUNK) {
			ssize_t got = read(stream->fd, chunk + have, CHUNK - have);

			if (got < 0)
				stream->broken = 1;
			if (got <= 0)
				return NULL;
			have += got;
		}
		for (int i = 0; i < CHUNK / 8; i++)
			expected[i] = next_number(&state);
		if (memcmp(chunk, expected, CHUNK)) {
			stream->broken = 1;
			return NULL;
		}
		stream->bytes += CHUNK;
	}
}

static int tcp(uint64_t seed)
{
	struct sockaddr_in at = address("127.0.0.1", 0);
	socklen_t length = sizeof(at);
	struct stream stream = {.seed = seed};
	uint64_t state = seed, sent = 0, chunk[CHUNK / 8];
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_t receiver;

	if (listener < 0 || client < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&at, &length) ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)))
		die("connect to itself");
	stream.fd = accept(listener, NULL, NULL);
	if (stream.fd < 0 || pthread_create(&receiver, NULL, receive, &stream))
		die("accept");
	printf("ready\n");
	fflush(stdout);
	while (!told_to_stop()) {
		size_t done = 0;

		for (int i = 0; i < CHUNK / 8; i++)
			chunk[i] = next_number(&state);
		while (done < CHUNK) {
			ssize_t put = write(client, (char *)chunk + done, CHUNK - done);

			if (put < 0)
				die("write");
			done += put;
		}
		sent += CHUNK;
		wait_until(nanoseconds() + 1000000);
	}
	shutdown(client, SHUT_WR);
	pthread_join(receiver, NULL);
	printf("sent %llu received %llu broken %d\n", (unsigned long long)sent, (unsigned long long)stream.bytes,
	       stream.broken);
	return 0;
}

struct traces {
	uint64_t *of;
	uint32_t count;
};

static struct traces open_traces(const char *pin)
{
	union bpf_attr attr = {.pathname = (uint64_t)(uintptr_t)pin};
	struct bpf_map_info info = {};
	struct traces traces;
	int fd = syscall(__NR_bpf, BPF_OBJ_GET, &attr, sizeof(attr));

	if (fd < 0)
		die(pin);
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info = (uint64_t)(uintptr_t)&info;
	attr.info.info_len = sizeof(info);
	if (syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		die("BPF_OBJ_GET_INFO_BY_FD");
	traces.count = info.max_entries;
	traces.of = mmap(NULL, (size_t)traces.count * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (traces.of == MAP_FAILED)
		die("mmap");
	return traces;
}

static int histogram(const char *pin, uint32_t first, uint32_t count)
{
	static uint64_t traces_seen[DISTINCT], occurrences[DISTINCT];
	struct traces traces = open_traces(pin);
	int distinct = 0;

	if (first > traces.count || count > traces.count - first) {
		fprintf(stderr, "traffic: %u numbers from %u on, but there are only %u traces\n", count, first, traces.count);
		return 1;
	}
	for (uint32_t i = first; i < first + count; i++) {
		int at = 0;

		while (at < distinct && traces_seen[at] != traces.of[i])
			at++;
		if (at == DISTINCT)
			die("too many distinct traces");
		if (at == distinct)
			traces_seen[distinct++] = traces.of[i];
		occurrences[at]++;
	}
	for (int i = 0; i < distinct; i++)
		printf("%llx %llu\n", (unsigned long long)traces_seen[i], (unsigned long long)occurrences[i]);
	return 0;
}

static int reset(const char *pin)
{
	struct traces traces = open_traces(pin);

	memset(traces.of, 0, (size_t)traces.count * 8);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "udp"))
		return udp(argv[2], atoi(argv[3]), strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10),
			   strtoul(argv[6], NULL, 10));
	if (argc == 6 && !strcmp(argv[1], "send"))
		return send_away(argv[2], atoi(argv[3]), strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "receive"))
		receive_away(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "tcp"))
		return tcp(strtoull(argv[2], NULL, 10) | 1);
	if (argc == 5 && !strcmp(argv[1], "histogram"))
		return histogram(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "reset"))
		return reset(argv[2]);
	fprintf(stderr, "usage: traffic udp ADDRESS PORT FIRST COUNT RATE | send ADDRESS PORT COUNT RATE | receive PORT | tcp SEED | "
			"histogram PIN FIRST COUNT | reset PIN\n");
	return 2;
}
