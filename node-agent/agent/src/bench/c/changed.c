// SPDX-License-Identifier: Apache-2.0
/*
 * changed DIR ENTRIES: says "ready", waits until the list of egress programs of a cgroup is another one and has so many entries, and says
 * when that was: microseconds since 1970. Ends with 1 where that does not happen within a minute.
 *
 * changed --pod-below DIR ENTRIES: waits for the cgroup of a pod to be made in a directory and says when that was, then the same of it.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ENTRIES = 64, POLL_MICROSECONDS = 200, PATIENCE_MILLISECONDS = 60000 };

struct list {
	uint32_t count;
	uint32_t ids[MAX_ENTRIES];
};

static struct list query(int cgroup)
{
	struct list list = {};
	union bpf_attr attr = {.query = {.target_fd = cgroup, .attach_type = BPF_CGROUP_INET_EGRESS,
					 .prog_ids = (uint64_t)(uintptr_t)list.ids, .prog_cnt = MAX_ENTRIES}};

	if (syscall(__NR_bpf, BPF_PROG_QUERY, &attr, sizeof(attr))) {
		perror("changed: BPF_PROG_QUERY");
		exit(2);
	}
	list.count = attr.query.prog_cnt;
	return list;
}

static int64_t microseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void say_time(void)
{
	printf("%lld\n", (long long)microseconds(CLOCK_REALTIME));
	fflush(stdout);
}

static void say_ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

/* Opens the next cgroup of a pod that is made in a directory; -1 where none is. */
static int next_pod(const char *directory)
{
	union {
		struct inotify_event first;
		char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	} events;
	struct pollfd watch = {.fd = inotify_init1(IN_CLOEXEC), .events = POLLIN};
	int parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0 || inotify_add_watch(watch.fd, directory, IN_CREATE | IN_ONLYDIR) < 0) {
		perror(directory);
		exit(2);
	}
	say_ready();
	while (poll(&watch, 1, PATIENCE_MILLISECONDS) == 1) {
		ssize_t length = read(watch.fd, &events, sizeof(events));
		const struct inotify_event *event;

		for (ssize_t at = 0; at < length; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(events.bytes + at);
			if (!strncmp(event->name, "pod", 3)) {
				say_time();
				return openat(parent, event->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			}
		}
	}
	return -1;
}

/* Waits until a list is another one and has so many entries. */
static bool changes(int cgroup, struct list first, uint32_t entries)
{
	int64_t end = microseconds(CLOCK_MONOTONIC) + PATIENCE_MILLISECONDS * 1000LL;
	struct list now;

	while (microseconds(CLOCK_MONOTONIC) < end) {
		now = query(cgroup);
		if (now.count == entries && memcmp(&now, &first, sizeof(now))) {
			say_time();
			return true;
		}
		usleep(POLL_MICROSECONDS);
	}
	return false;
}

int main(int argc, char **argv)
{
	const struct list empty = {};
	struct list first;
	int cgroup;

	if (argc == 4 && !strcmp(argv[1], "--pod-below")) {
		cgroup = next_pod(argv[2]);
		return cgroup >= 0 && changes(cgroup, empty, strtoul(argv[3], NULL, 10)) ? 0 : 1;
	}
	cgroup = argc == 3 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (cgroup < 0) {
		fprintf(stderr, "usage: changed [--pod-below] DIR ENTRIES, of a cgroup2\n");
		return 2;
	}
	first = query(cgroup);
	say_ready();
	return changes(cgroup, first, strtoul(argv[2], NULL, 10)) ? 0 : 1;
}
