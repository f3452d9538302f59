// SPDX-License-Identifier: Apache-2.0
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the system call filter does not know this architecture"
#endif

#define CAPACITY 128
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Memory, answers, an orderly end, and what the C library asks about the machine (qsort: sysinfo). */
static const uint32_t always[] = {
	SYS_write, SYS_writev, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_close, SYS_fstat, SYS_futex,
	SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_exit, SYS_exit_group, SYS_getpid, SYS_gettid, SYS_geteuid, SYS_uname,
	SYS_sysinfo, SYS_sched_getaffinity, SYS_clock_gettime, SYS_getrandom,
};

/* For the descriptors that it has: the kernel's BTF is read, and libbpf moves descriptors (newer ones keep places with memfds). */
static const uint32_t when_loading[] = {SYS_read, SYS_pread64, SYS_lseek, SYS_dup3, SYS_memfd_create};

/* libbpf goes on without these: before Linux 5.11 it raises RLIMIT_MEMLOCK, which confine() has done. */
static const uint32_t denied[] = {SYS_prlimit64};

/*
 * Making and describing. Nothing that attaches, runs, detaches or finds what others have made; but an update of a struct_ops map is what
 * registers it, and from here an update of one map looks like that of another.
 */
static const uint32_t bpf_commands[] = {
	BPF_MAP_CREATE, BPF_MAP_UPDATE_ELEM, BPF_MAP_FREEZE, BPF_PROG_LOAD, BPF_BTF_LOAD,
	BPF_OBJ_PIN, BPF_OBJ_GET_INFO_BY_FD, BPF_PROG_BIND_MAP,
};

/* libbpf looks for the BTF of kernel modules; to EPERM it answers that there is none. */
static const uint32_t bpf_denied[] = {BPF_BTF_GET_NEXT_ID};

static const uint32_t fcntl_commands[] = {F_DUPFD_CLOEXEC, F_GETFD};

struct filter {
	struct sock_filter code[CAPACITY];
	size_t length;
};

/* What does not fit is counted all the same; install_filter looks. */
static void add(struct filter *filter, struct sock_filter instruction)
{
	if (filter->length < CAPACITY)
		filter->code[filter->length] = instruction;
	filter->length++;
}

static void add_return(struct filter *filter, uint32_t action)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void load_word(struct filter *filter, size_t offset)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* The kernel takes ints from the lower half of an argument, and so does this; both architectures are little-endian. */
static void load_argument(struct filter *filter, size_t index)
{
	load_word(filter, offsetof(struct seccomp_data, args) + index * sizeof(uint64_t));
}

/* Jumps over the next `length` instructions unless the loaded word is `value`. */
static void unless_equal_skip(struct filter *filter, uint32_t value, size_t length)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (uint8_t)length));
}

static void add_values(struct filter *filter, const uint32_t *values, size_t count, uint32_t action)
{
	for (size_t i = 0; i < count; i++) {
		unless_equal_skip(filter, values[i], 1);
		add_return(filter, action);
	}
}

/* Allows a system call with one of these values as an argument. */
static void allow_values(struct filter *filter, uint32_t number, size_t argument, const uint32_t *values, size_t count)
{
	unless_equal_skip(filter, number, 2 * count + 2);
	load_argument(filter, argument);
	add_values(filter, values, count, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_TRAP);
}

/* Allows a system call without these bits in an argument. */
static void allow_without(struct filter *filter, uint32_t number, size_t argument, uint32_t bits)
{
	unless_equal_skip(filter, number, 4);
	load_argument(filter, argument);
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0));
	add_return(filter, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_TRAP);
}

static void allow_bpf(struct filter *filter)
{
	unless_equal_skip(filter, SYS_bpf, 2 * (COUNT(bpf_commands) + COUNT(bpf_denied)) + 2);
	load_argument(filter, 0);
	add_values(filter, bpf_commands, COUNT(bpf_commands), SECCOMP_RET_ALLOW);
	add_values(filter, bpf_denied, COUNT(bpf_denied), SECCOMP_RET_ERRNO | EPERM);
	add_return(filter, SECCOMP_RET_TRAP);
}

bool install_filter(enum mode mode)
{
	struct filter filter = {.length = 0};
	struct sock_fprog program = {.filter = filter.code};
	const uint32_t self = (uint32_t)getpid();

	load_word(&filter, offsetof(struct seccomp_data, arch));
	add(&filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
	add_return(&filter, SECCOMP_RET_KILL_PROCESS);
	load_word(&filter, offsetof(struct seccomp_data, nr));
	add_values(&filter, always, COUNT(always), SECCOMP_RET_ALLOW);
	if (mode == MODE_LOAD) {
		add_values(&filter, when_loading, COUNT(when_loading), SECCOMP_RET_ALLOW);
		add_values(&filter, denied, COUNT(denied), SECCOMP_RET_ERRNO | EPERM);
	}
	/* No new code. */
	allow_without(&filter, SYS_mmap, 2, PROT_EXEC);
	allow_without(&filter, SYS_mprotect, 2, PROT_EXEC);
	/* abort(): a crash is to look like one. */
	allow_values(&filter, SYS_tgkill, 0, &self, 1);
	if (mode == MODE_LOAD) {
		allow_values(&filter, SYS_fcntl, 1, fcntl_commands, COUNT(fcntl_commands));
		allow_bpf(&filter);
	}
	add_return(&filter, SECCOMP_RET_TRAP);
	if (filter.length > CAPACITY) {
		errno = E2BIG;
		return false;
	}
	program.len = (unsigned short)filter.length;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
