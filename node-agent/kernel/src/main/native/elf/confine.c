// SPDX-License-Identifier: Apache-2.0
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the system call filter does not know this architecture"
#endif

/*
 * Lowers a limit to `value`, or leaves it where it is lower already. The hard limit is one higher: SIGXCPU, which says what happened,
 * comes at the soft one.
 */
static bool lower(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0)
		return false;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value)
		value = limit.rlim_max;
	limit.rlim_cur = value;
	if (limit.rlim_max > value)
		limit.rlim_max = value + 1;
	return setrlimit(resource, &limit) == 0;
}

/* Maps and programs are charged to this limit before Linux 5.11. */
static void raise_memlock(void)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

	if (setrlimit(RLIMIT_MEMLOCK, &limit) == 0 || getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
}

/* Keeps of the capabilities that the process has only those in `kept`. */
static bool keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t word = (uint32_t)(kept >> (32 * i));

		data[i].effective &= word;
		data[i].permitted &= word;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) == 0;
}

static uint64_t capability(int number)
{
	return (uint64_t)1 << number;
}

bool confine(bool loads)
{
	/* DAC_OVERRIDE: pins and object files may belong to others. SYS_ADMIN: stands for BPF before Linux 5.8. */
	uint64_t files = capability(CAP_DAC_OVERRIDE) | capability(CAP_DAC_READ_SEARCH);
	uint64_t bpf = capability(CAP_BPF) | capability(CAP_NET_ADMIN) | capability(CAP_PERFMON) | capability(CAP_SYS_ADMIN);

	signal(SIGPIPE, SIG_IGN);
	if (loads)
		raise_memlock();
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && lower(RLIMIT_CORE, 0) && lower(RLIMIT_FSIZE, 0) &&
	       lower(RLIMIT_NOFILE, loads ? 4096 : 32) && lower(RLIMIT_CPU, loads ? 120 : 10) &&
	       lower(RLIMIT_AS, loads ? (rlim_t)4 << 30 : (rlim_t)1 << 30) &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && keep_capabilities(loads ? files | bpf : files);
}

#define ALLOW(number)                                                                                        \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

bool seal(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(write),
		ALLOW(writev),
		ALLOW(brk),
		ALLOW(mmap),
		ALLOW(munmap),
		ALLOW(mremap),
		ALLOW(mprotect),
		ALLOW(madvise),
		ALLOW(close),
		ALLOW(futex),
		ALLOW(rt_sigreturn),
		ALLOW(rt_sigprocmask),
		ALLOW(exit),
		ALLOW(exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

	return keep_capabilities(0) && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
