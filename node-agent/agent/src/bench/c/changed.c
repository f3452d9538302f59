// SPDX-License-Identifier: Apache-2.0
/*
 * changed DIR ENTRIES: says "ready", waits until the list of egress programs of a cgroup is another one and has so many entries, and says
 * when that was: microseconds since 1970. Ends with 1 where that does not happen within a minute.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ENTRIES = 64, POLL_MICROSECONDS = 200 };

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

int main(int argc, char **argv)
{
	int cgroup = argc == 3 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int64_t end = microseconds(CLOCK_MONOTONIC) + 60000000;
	struct list first, now;
	uint32_t entries;

	if (cgroup < 0) {
		fprintf(stderr, "usage: changed DIR ENTRIES, of a cgroup2\n");
		return 2;
	}
	entries = strtoul(argv[2], NULL, 10);
	first = query(cgroup);
	printf("ready\n");
	fflush(stdout);
	while (microseconds(CLOCK_MONOTONIC) < end) {
		now = query(cgroup);
		if (now.count == entries && memcmp(&now, &first, sizeof(now))) {
			printf("%lld\n", (long long)microseconds(CLOCK_REALTIME));
			return 0;
		}
		usleep(POLL_MICROSECONDS);
	}
	return 1;
}
