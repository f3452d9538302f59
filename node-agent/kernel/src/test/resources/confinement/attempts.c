// SPDX-License-Identifier: Apache-2.0
/*
 * Tries what a helper process that was taken over would try, each in a child process, and prints what came of it. Linked with the real
 * confine.c, filter.c and trap.c.
 *
 * attempts free|confined BPFFS CGROUP FILES: directories of the test's own, the last for ordinary files
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"

static const char *bpffs;
static const char *files;
static int cgroup, program, map, live_map, reused_map, release[2];
static uint32_t program_id, map_id;
static pid_t parent;

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static char *below(const char *directory, const char *name)
{
	static char paths[2][512];
	static int next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static long load_program(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB, .insns = (uintptr_t)insns, .insn_cnt = 2, .license = (uintptr_t)"GPL",
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static long make_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1, .map_flags = BPF_F_MMAPABLE,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static long write_map(int fd)
{
	uint32_t key = 0;
	uint64_t value = 7;
	union bpf_attr attr = {.map_fd = (uint32_t)fd, .key = (uintptr_t)&key, .value = (uintptr_t)&value};

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static long pin(int fd, const char *path)
{
	union bpf_attr attr = {.pathname = (uintptr_t)path, .bpf_fd = (uint32_t)fd};

	return bpf(BPF_OBJ_PIN, &attr);
}

static long get(const char *path, uint32_t flags)
{
	union bpf_attr attr = {.pathname = (uintptr_t)path, .file_flags = flags};

	return bpf(BPF_OBJ_GET, &attr);
}

static uint32_t id_of(int fd)
{
	uint32_t info[64] = {0};
	union bpf_attr attr = {.info = {.bpf_fd = (uint32_t)fd, .info_len = sizeof(info), .info = (uintptr_t)info}};

	/* The second word of bpf_prog_info and of bpf_map_info. */
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 ? info[1] : 0;
}

/* What loading needs. */
static long makes_a_map(void) { return make_map(); }
static long loads_a_program(void) { return load_program(); }
static long writes_its_map(void) { return write_map(map); }
static long pins_in_its_directory(void) { return pin(map, "map_one"); }
static long reads_kernel_btf(void)
{
	char magic[2];
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY);

	return fd < 0 ? -1 : read(fd, magic, sizeof(magic)) == 2 && (unsigned char)magic[0] == 0x9f ? 0 : -1;
}
static long is_a_regular_fstat(void)
{
	struct stat status;

	return fstat(map, &status);
}

/* bpf(2), beyond loading. */
static long attaches(void)
{
	union bpf_attr attr = {
		.target_fd = (uint32_t)cgroup, .attach_bpf_fd = (uint32_t)program, .attach_type = BPF_CGROUP_INET_EGRESS,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	return bpf(BPF_PROG_ATTACH, &attr);
}
static long detaches(void)
{
	union bpf_attr attr = {
		.target_fd = (uint32_t)cgroup, .attach_bpf_fd = (uint32_t)program, .attach_type = BPF_CGROUP_INET_EGRESS,
	};

	return bpf(BPF_PROG_DETACH, &attr);
}
static long makes_a_link(void)
{
	union bpf_attr attr = {.link_create = {
		.prog_fd = (uint32_t)program, .target_fd = (uint32_t)cgroup, .attach_type = BPF_CGROUP_INET_EGRESS,
	}};

	return bpf(BPF_LINK_CREATE, &attr);
}
static long queries(void)
{
	union bpf_attr attr = {.query = {.target_fd = (uint32_t)cgroup, .attach_type = BPF_CGROUP_INET_EGRESS}};

	return bpf(BPF_PROG_QUERY, &attr);
}
static long runs_a_program(void)
{
	unsigned char packet[64] = {0};
	union bpf_attr attr = {.test = {
		.prog_fd = (uint32_t)program, .data_in = (uintptr_t)packet, .data_size_in = sizeof(packet), .repeat = 1,
	}};

	return bpf(BPF_PROG_TEST_RUN, &attr);
}
static long finds_a_program(void)
{
	union bpf_attr attr = {.start_id = 0};

	return bpf(BPF_PROG_GET_NEXT_ID, &attr);
}
static long opens_a_program_by_id(void)
{
	union bpf_attr attr = {.prog_id = program_id};

	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}
static long opens_a_map_by_id(void)
{
	union bpf_attr attr = {.map_id = map_id};

	return bpf(BPF_MAP_GET_FD_BY_ID, &attr);
}
static long opens_a_pin(void) { return get(below(bpffs, "live"), 0); }
static long finds_a_btf(void)
{
	union bpf_attr attr = {.start_id = 0};

	/* Before Linux 5.11 there may be none. */
	return bpf(BPF_BTF_GET_NEXT_ID, &attr) == 0 || errno == ENOENT ? 0 : -1;
}
static long reads_a_map(void)
{
	uint32_t key = 0;
	uint64_t value;
	union bpf_attr attr = {.map_fd = (uint32_t)map, .key = (uintptr_t)&key, .value = (uintptr_t)&value};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}
static long pins_elsewhere(void) { return pin(map, below(bpffs, "elsewhere")); }

/* A live map that is to be reused. */
static long writes_a_reused_map(void) { return write_map(reused_map); }
static long freezes_a_reused_map(void)
{
	union bpf_attr attr = {.map_fd = (uint32_t)reused_map};

	return bpf(BPF_MAP_FREEZE, &attr);
}
static long maps_a_reused_map_for_writing(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reused_map, 0) == MAP_FAILED ? -1 : 0;
}

/* The rest of the machine. */
static long executes(void)
{
	char *arguments[] = {"true", NULL};

	return execve("/bin/true", arguments, NULL);
}
static long forks(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (child == 0)
		_exit(0);
	return child;
}
static long opens_a_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long makes_a_socket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}
static long traces(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static long signals_its_parent(void) { return kill(parent, 0); }
static long signals_by_thread(void) { return syscall(SYS_tgkill, parent, parent, 0); }
static long reads_memory_of_others(void)
{
	char here, there = 0;
	struct iovec local = {&here, 1}, remote = {&there, 1};

	return process_vm_readv(parent, &local, 1, &remote, 1, 0);
}
static long limits_its_parent(void)
{
	struct rlimit limit = {0};

	return prlimit(parent, RLIMIT_CORE, NULL, &limit);
}
static long reads_a_file(void) { return open("/etc/passwd", O_RDONLY); }
static long reads_a_directory(void) { return open("/", O_RDONLY | O_DIRECTORY); }
static long opens_below_a_directory(void) { return openat(cgroup, "cgroup.procs", O_RDONLY); }
static long writes_a_file(void) { return open(below(files, "existing"), O_WRONLY); }
static long makes_a_file(void) { return open(below(files, "made"), O_RDWR | O_CREAT, 0600); }
static long makes_a_directory(void) { return mkdir(below(files, "directory"), 0700); }
static long renames(void) { return rename(below(files, "existing"), below(files, "renamed")); }
static long removes(void) { return unlink(below(files, "renamed")); }
static long changes_a_mode(void) { return chmod(files, 0700); }
static long changes_directory(void) { return chdir("/"); }
static long mounts(void) { return mount("none", files, "tmpfs", 0, NULL); }
static long unmounts(void) { return umount2(files, MNT_DETACH); }
static long leaves_a_namespace(void) { return unshare(CLONE_NEWNS); }
static long changes_user(void) { return setuid(65534); }
static long changes_itself(void) { return prctl(PR_SET_NAME, "other"); }
static long makes_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}
static long makes_memory_code(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}
static long aborts(void) { abort(); }
static long crashes(void)
{
	volatile uintptr_t nowhere = 8;

	return *(volatile int *)nowhere;
}

static const struct attempt {
	const char *name;
	long (*act)(void);
} attempts[] = {
#define ATTEMPT(name) {#name, name}
	ATTEMPT(makes_a_map), ATTEMPT(loads_a_program), ATTEMPT(writes_its_map), ATTEMPT(pins_in_its_directory),
	ATTEMPT(reads_kernel_btf), ATTEMPT(is_a_regular_fstat), ATTEMPT(attaches), ATTEMPT(detaches), ATTEMPT(makes_a_link),
	ATTEMPT(queries), ATTEMPT(runs_a_program), ATTEMPT(finds_a_program), ATTEMPT(opens_a_program_by_id),
	ATTEMPT(opens_a_map_by_id), ATTEMPT(opens_a_pin), ATTEMPT(finds_a_btf), ATTEMPT(reads_a_map), ATTEMPT(pins_elsewhere),
	ATTEMPT(writes_a_reused_map), ATTEMPT(maps_a_reused_map_for_writing), ATTEMPT(freezes_a_reused_map), ATTEMPT(executes),
	ATTEMPT(forks), ATTEMPT(opens_a_socket), ATTEMPT(makes_a_socket_pair), ATTEMPT(traces), ATTEMPT(signals_its_parent),
	ATTEMPT(signals_by_thread), ATTEMPT(reads_memory_of_others), ATTEMPT(limits_its_parent), ATTEMPT(reads_a_file),
	ATTEMPT(reads_a_directory), ATTEMPT(opens_below_a_directory), ATTEMPT(writes_a_file), ATTEMPT(makes_a_file),
	ATTEMPT(makes_a_directory), ATTEMPT(renames), ATTEMPT(removes), ATTEMPT(changes_a_mode), ATTEMPT(changes_directory),
	ATTEMPT(mounts), ATTEMPT(unmounts), ATTEMPT(leaves_a_namespace), ATTEMPT(changes_user), ATTEMPT(changes_itself),
	ATTEMPT(makes_code), ATTEMPT(makes_memory_code), ATTEMPT(aborts), ATTEMPT(crashes),
};

static void become(bool confined)
{
	const char *unsealed = "limits and capabilities";

	if (!confined)
		return;
	if (confine(MODE_LOAD)) {
		unsealed = seal(MODE_LOAD);
		if (!unsealed)
			return;
	}
	dprintf(STDERR_FILENO, "%s: errno %d", unsealed, errno);
	_exit(255);
}

/* A child's exit status, and what it said on standard error. */
static int run(const struct attempt *attempt, bool confined, char *said, size_t size)
{
	int said_pipe[2], status;
	ssize_t length;
	pid_t child;

	if (pipe(said_pipe) != 0)
		exit(1);
	child = fork();
	if (child < 0)
		exit(1);
	if (child == 0) {
		dup2(said_pipe[1], STDERR_FILENO);
		close(said_pipe[0]);
		close(said_pipe[1]);
		become(confined);
		_exit(attempt->act() < 0 ? errno : 0);
	}
	close(said_pipe[1]);
	length = read(said_pipe[0], said, size - 1);
	said[length > 0 ? length : 0] = 0;
	said[strcspn(said, "\n")] = 0;
	close(said_pipe[0]);
	waitpid(child, &status, 0);
	return status;
}

static void report(const struct attempt *attempt, bool confined)
{
	char said[256];
	int status = run(attempt, confined, said, sizeof(said));

	printf("%s: ", attempt->name);
	if (WIFSIGNALED(status))
		printf("signal %d%s%s\n", WTERMSIG(status), *said ? ", " : "", said);
	else if (WEXITSTATUS(status) == 0)
		printf("done\n");
	else
		printf("errno %d%s%s\n", WEXITSTATUS(status), *said ? ", " : "", said);
	fflush(stdout);
}

/* Lines of /proc/<pid>/status about a child that is confined. */
static void report_privileges(bool confined)
{
	int ready[2];
	char line[256], path[64], byte = 0;
	FILE *status;
	pid_t child;

	if (pipe(ready) != 0 || pipe(release) != 0)
		exit(1);
	child = fork();
	if (child == 0) {
		close(release[1]);
		become(confined);
		if (write(ready[1], &byte, 1) != 1 || read(release[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(ready[1]);
	snprintf(path, sizeof(path), "/proc/%d/status", child);
	status = read(ready[0], &byte, 1) == 1 ? fopen(path, "r") : NULL;
	if (!status)
		exit(1);
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "Cap", 3) == 0 || strncmp(line, "NoNewPrivs", 10) == 0 || strncmp(line, "Seccomp:", 8) == 0)
			printf("%s", line);
	fclose(status);
	close(release[1]);
	waitpid(child, NULL, 0);
	printf("landlock: %ld\n", syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool confined;

	if (argc != 5)
		return 2;
	confined = strcmp(argv[1], "confined") == 0;
	parent = getpid();
	bpffs = argv[2];
	files = argv[4];
	cgroup = open(argv[3], O_RDONLY | O_DIRECTORY);
	program = (int)load_program();
	map = (int)make_map();
	live_map = (int)make_map();
	program_id = id_of(program);
	map_id = id_of(map);
	if (pin(live_map, below(bpffs, "live")) != 0 || close(open(below(files, "existing"), O_RDWR | O_CREAT, 0600)) != 0)
		return 3;
	/* Without confinement as whoever may write. */
	reused_map = (int)get(below(bpffs, "live"), confined ? BPF_F_RDONLY : 0);
	if (cgroup < 0 || program < 0 || map < 0 || reused_map < 0 || program_id == 0 || map_id == 0)
		return 4;
	if (mkdir(below(bpffs, "own"), 0700) != 0 || chdir(below(bpffs, "own")) != 0)
		return 5;
	report_privileges(confined);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		report(&attempts[i], confined);
	return 0;
}
