// SPDX-License-Identifier: Apache-2.0
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "trap.h"

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

static uint64_t capability(int number)
{
	return (uint64_t)1 << number;
}

/* Keeps of the capabilities that the process has only those in `kept`. SYS_ADMIN, where it is in `kept`, stays only in place of BPF. */
static bool keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	if (data[CAP_TO_INDEX(CAP_BPF)].effective & CAP_TO_MASK(CAP_BPF))
		kept &= ~capability(CAP_SYS_ADMIN);
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t word = (uint32_t)(kept >> (32 * i));

		data[i].effective &= word;
		data[i].permitted &= word;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) == 0;
}

/* Without CAP_SETPCAP the bounding set stays, which gives nothing: no_new_privs does the same for every exec, and none is allowed. */
static void empty_bounding_set(void)
{
	for (int i = 0; i < 64; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

/* SYS_ADMIN: stands for BPF before Linux 5.8, and where it is given in place of it. */
static uint64_t for_bpf(void)
{
	return capability(CAP_BPF) | capability(CAP_NET_ADMIN) | capability(CAP_PERFMON) | capability(CAP_SYS_ADMIN);
}

bool confine(enum mode mode)
{
	bool loads = mode == MODE_LOAD;
	/* Pins and object files may belong to others. */
	uint64_t files = capability(CAP_DAC_OVERRIDE) | capability(CAP_DAC_READ_SEARCH);

	signal(SIGPIPE, SIG_IGN);
	if (loads)
		raise_memlock();
	empty_bounding_set();
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && lower(RLIMIT_CORE, 0) && lower(RLIMIT_FSIZE, 0) &&
	       lower(RLIMIT_NOFILE, loads ? 4096 : 32) && lower(RLIMIT_CPU, loads ? 120 : 10) &&
	       lower(RLIMIT_AS, loads ? (rlim_t)4 << 30 : (rlim_t)1 << 30) &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && keep_capabilities(loads ? files | for_bpf() : files);
}

/*
 * Landlock: of all that can be done by a path, bpf(2) may make pins in the working directory. The system call filter cannot tell one path
 * from another. A kernel without Landlock (before 5.13, or with it switched off) has the filter alone.
 */
static bool fence_working_directory(void)
{
	struct landlock_ruleset_attr everything = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
	struct landlock_path_beneath_attr here = {.allowed_access = LANDLOCK_ACCESS_FS_MAKE_REG, .parent_fd = -1};
	bool done = false;
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &everything, sizeof(everything), 0);

	if (ruleset < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM;
	here.parent_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here.parent_fd < 0)
		goto out;
	done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &here, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(here.parent_fd);
out:
	close(ruleset);
	return done;
}

const char *seal(enum mode mode)
{
	bool loads = mode == MODE_LOAD;

	if (loads)
		open_kernel_files();
	if (!handle_traps())
		return "sigaction";
	if (loads && !fence_working_directory())
		return "landlock";
	if (!keep_capabilities(loads ? for_bpf() : 0))
		return "capabilities";
	return install_filter(mode) ? NULL : "seccomp";
}
