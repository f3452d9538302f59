// SPDX-License-Identifier: Apache-2.0
#include "confine.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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

bool confine(bool loads)
{
	signal(SIGPIPE, SIG_IGN);
	if (loads)
		raise_memlock();
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && lower(RLIMIT_CORE, 0) && lower(RLIMIT_FSIZE, 0) &&
	       lower(RLIMIT_NOFILE, loads ? 4096 : 32) && lower(RLIMIT_CPU, loads ? 120 : 10) &&
	       lower(RLIMIT_AS, loads ? (rlim_t)4 << 30 : (rlim_t)1 << 30);
}
