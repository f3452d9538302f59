// SPDX-License-Identifier: Apache-2.0
/*
 * The baseline of `make bench`: the same bpf(2) calls in plain C. It is a co-process: one command a line on standard input, one answer
 * a line on standard output, so that batches of both sides alternate within one run.
 *
 *   setup DIR CGROUPS PROGRAMS   make DIR/c0.. , load two versions of PROGRAMS egress programs, attach the first to each -> "ok"
 *   replace N                    N times BPF_F_REPLACE of the first entry of the first cgroup                           -> nanoseconds
 *   replace-and-read N           the same, each with a BPF_PROG_QUERY behind it                                          -> nanoseconds
 *   commit                       BPF_F_REPLACE and BPF_PROG_QUERY of every entry of every cgroup                        -> nanoseconds
 *   thread                       start a thread that sleeps: system calls on descriptors cost more in a process with several    -> "ok"
 *   packets DIR N                join the cgroup DIR, send N UDP packets of 64 bytes over loopback, go back             -> nanoseconds
 *   run COMMAND                  run a shell command, its output to standard error        -> nanoseconds, peak resident KiB, exit code
 *   quit                         detach everything, remove the cgroups                                                  -> "ok"
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CGROUPS = 4096, MAX_PROGRAMS = 63 };

static int cgroups[MAX_CGROUPS];
static int programs[2][MAX_PROGRAMS];
static int active[MAX_CGROUPS];
static int cgroup_count;
static int program_count;
static char directory[3072];

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void die(const char *what)
{
	fprintf(stderr, "baseline: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int load(int version)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1, .imm = version },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_SKB;
	attr.expected_attach_type = BPF_CGROUP_INET_EGRESS;
	attr.insns = (uint64_t)(uintptr_t)code;
	attr.insn_cnt = sizeof(code) / sizeof(code[0]);
	attr.license = (uint64_t)(uintptr_t) "GPL";
	fd = (int)bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		die("BPF_PROG_LOAD");
	return fd;
}

static void attach(int cgroup, int program, int replaced)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (replaced >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)replaced;
	}
	if (bpf(BPF_PROG_ATTACH, &attr))
		die("BPF_PROG_ATTACH");
}

static void query(int cgroup)
{
	uint32_t ids[64];
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.query.prog_cnt = 64;
	if (bpf(BPF_PROG_QUERY, &attr) || (int)attr.query.prog_cnt != program_count)
		die("BPF_PROG_QUERY");
}

static void setup(const char *dir, int count, int each)
{
	char path[4096];

	if (count < 1 || count > MAX_CGROUPS || each < 1 || each > MAX_PROGRAMS) {
		errno = EINVAL;
		die("setup");
	}
	snprintf(directory, sizeof(directory), "%s", dir);
	cgroup_count = count;
	program_count = each;
	for (int p = 0; p < each; p++) {
		programs[0][p] = load(2 * p);
		programs[1][p] = load(2 * p + 1);
	}
	for (int c = 0; c < count; c++) {
		snprintf(path, sizeof(path), "%s/c%d", directory, c);
		if (mkdir(path, 0755) && errno != EEXIST)
			die(path);
		cgroups[c] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (cgroups[c] < 0)
			die(path);
		for (int p = 0; p < each; p++)
			attach(cgroups[c], programs[0][p], -1);
	}
}

static uint64_t replace(int times, int read_back)
{
	uint64_t begin = now();

	for (int i = 0; i < times; i++) {
		attach(cgroups[0], programs[1 - active[0]][0], programs[active[0]][0]);
		if (read_back)
			query(cgroups[0]);
		active[0] = 1 - active[0];
	}
	return now() - begin;
}

static uint64_t commit(void)
{
	uint64_t begin = now();

	for (int c = 0; c < cgroup_count; c++) {
		for (int p = 0; p < program_count; p++) {
			attach(cgroups[c], programs[1 - active[c]][p], programs[active[c]][p]);
			query(cgroups[c]);
		}
		active[c] = 1 - active[c];
	}
	return now() - begin;
}

static void *sleeper(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void start_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, sleeper, NULL);
	if (errno)
		die("pthread_create");
}

/* The whole life of a command, as its parent sees it. */
static void run(const char *command)
{
	struct rusage usage;
	uint64_t begin = now();
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		die("wait4");
	printf("%llu %ld %d\n", (unsigned long long)(now() - begin), usage.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* In a child, because egress programs run for the cgroup in which a socket was made. */
static void packets(const char *dir, int count)
{
	char path[4096], payload[64] = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int out[2], procs, receiver, sender;
	uint64_t begin, elapsed = 0;
	socklen_t length = sizeof(to);
	pid_t pid;

	if (pipe(out))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
		procs = open(path, O_WRONLY | O_CLOEXEC);
		if (procs < 0 || write(procs, "0", 1) != 1)
			die(path);
		receiver = socket(AF_INET, SOCK_DGRAM, 0);
		sender = socket(AF_INET, SOCK_DGRAM, 0);
		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		to.sin_port = 0;
		if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof(to)) ||
		    getsockname(receiver, (struct sockaddr *)&to, &length))
			die("socket");
		begin = now();
		for (int i = 0; i < count; i++) {
			if (sendto(sender, payload, sizeof(payload), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
				die("sendto");
		}
		elapsed = now() - begin;
		_exit(write(out[1], &elapsed, sizeof(elapsed)) == sizeof(elapsed) ? 0 : 1);
	}
	close(out[1]);
	if (read(out[0], &elapsed, sizeof(elapsed)) != sizeof(elapsed))
		die("packets");
	close(out[0]);
	waitpid(pid, NULL, 0);
	printf("%llu\n", (unsigned long long)elapsed);
}

static void quit(void)
{
	char path[4096];

	for (int c = 0; c < cgroup_count; c++) {
		for (int p = 0; p < program_count; p++) {
			union bpf_attr attr;

			memset(&attr, 0, sizeof(attr));
			attr.target_fd = (uint32_t)cgroups[c];
			attr.attach_bpf_fd = (uint32_t)programs[active[c]][p];
			attr.attach_type = BPF_CGROUP_INET_EGRESS;
			if (bpf(BPF_PROG_DETACH, &attr))
				die("BPF_PROG_DETACH");
		}
		close(cgroups[c]);
		snprintf(path, sizeof(path), "%s/c%d", directory, c);
		if (rmdir(path))
			die(path);
	}
}

int main(void)
{
	char line[4096], dir[3072];
	int a, b;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "setup %3071s %d %d", dir, &a, &b) == 3) {
			setup(dir, a, b);
			puts("ok");
		} else if (sscanf(line, "replace-and-read %d", &a) == 1 && cgroup_count > 0 && program_count > 0) {
			/* an even number, so that the next batch begins where this one did */
			printf("%llu\n", (unsigned long long)replace(a & ~1, 1));
		} else if (sscanf(line, "replace %d", &a) == 1 && cgroup_count > 0 && program_count > 0) {
			/* An even number leaves every cgroup of a batch with the same version. */
			printf("%llu\n", (unsigned long long)replace(a & ~1, 0));
		} else if (strncmp(line, "commit", 6) == 0) {
			printf("%llu\n", (unsigned long long)commit());
		} else if (strncmp(line, "thread", 6) == 0) {
			start_thread();
			puts("ok");
		} else if (sscanf(line, "packets %3071s %d", dir, &a) == 2) {
			packets(dir, a);
		} else if (strncmp(line, "run ", 4) == 0) {
			run(line + 4);
		} else if (strncmp(line, "quit", 4) == 0) {
			quit();
			puts("ok");
			return 0;
		} else {
			fprintf(stderr, "baseline: unknown command: %s", line);
			return 2;
		}
		fflush(stdout);
	}
	quit();
	return 0;
}
