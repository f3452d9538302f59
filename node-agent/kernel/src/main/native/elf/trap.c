// SPDX-License-Identifier: Apache-2.0
#include "trap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <ucontext.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FILE_LIMIT 16
#define PATH_SIZE 256

struct file {
	char path[PATH_SIZE];
	int fd;
};

static struct file files[FILE_LIMIT];
static size_t file_count;

/*
 * What libbpf reads: BTF where the kernel shows it or where it is installed (btf__load_vmlinux_btf takes the first), the kernel's
 * configuration for `extern ... __kconfig`, Ubuntu's version, and "/", which it opens for the sake of a new descriptor. %s is the
 * kernel's release. /proc/kallsyms is not among them: without CAP_SYSLOG all its addresses read as 0.
 */
static const char *const kernel_files[] = {
	"/",
	"/sys/kernel/btf/vmlinux",
	"/boot/vmlinux-%s",
	"/lib/modules/%s/vmlinux-%s",
	"/lib/modules/%s/build/vmlinux",
	"/usr/lib/modules/%s/kernel/vmlinux",
	"/usr/lib/debug/boot/vmlinux-%s",
	"/usr/lib/debug/boot/vmlinux-%s.debug",
	"/usr/lib/debug/lib/modules/%s/vmlinux",
	"/boot/config-%s",
	"/proc/config.gz",
	"/proc/version_signature",
};

void open_kernel_files(void)
{
	struct utsname kernel;

	_Static_assert(COUNT(kernel_files) <= FILE_LIMIT, "every file has a place");
	if (uname(&kernel) != 0)
		return;
	for (size_t i = 0; i < COUNT(kernel_files); i++) {
		struct file *file = &files[file_count];
		int length = snprintf(file->path, sizeof(file->path), kernel_files[i], kernel.release, kernel.release);

		if (length <= 0 || (size_t)length >= sizeof(file->path))
			continue;
		file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
		if (file->fd >= 0)
			file_count++;
	}
}

static const struct file *find(const char *path)
{
	for (size_t i = 0; i < file_count; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

static long result(long returned)
{
	return returned < 0 ? -errno : returned;
}

static long answer_open(const char *path, int flags)
{
	const struct file *file = find(path);

	if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY)
		return -EACCES;
	if (!file)
		return -ENOENT;
	lseek(file->fd, 0, SEEK_SET);
	return result(syscall(SYS_fcntl, file->fd, F_DUPFD_CLOEXEC, 0));
}

static long answer_access(const char *path, int wanted)
{
	if (!find(path))
		return -ENOENT;
	return (wanted & (W_OK | X_OK)) == 0 ? 0 : -EACCES;
}

static char *append(char *end, const char *text)
{
	size_t length = strlen(text);

	memcpy(end, text, length);
	return end + length;
}

static char *append_number(char *end, uint64_t number)
{
	char digits[20];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	while (count > 0)
		*end++ = digits[--count];
	return end;
}

/* ObjectHelper.java shows this line. */
static void stop(int number, uint32_t command)
{
	char line[64];
	char *end = append_number(append(line, "system call "), (uint32_t)number);
	ssize_t written;

	if (number == SYS_bpf)
		end = append(append_number(append(end, " (bpf command "), command), ")");
	*end++ = '\n';
	written = write(STDERR_FILENO, line, (size_t)(end - line));
	(void)written;
	/* SIGSYS is blocked now, so one more ends the process by that signal. */
	syscall(SYS_getppid);
	_exit(1);
}

static long answer(int number, const uint64_t arguments[6])
{
	switch (number) {
#ifdef SYS_open
	case SYS_open:
		return answer_open((const char *)arguments[0], (int)arguments[1]);
#endif
	case SYS_openat:
		return answer_open((const char *)arguments[1], (int)arguments[2]);
#ifdef SYS_access
	case SYS_access:
		return answer_access((const char *)arguments[0], (int)arguments[1]);
#endif
	case SYS_faccessat:
#ifdef SYS_faccessat2
	case SYS_faccessat2:
#endif
		return answer_access((const char *)arguments[1], (int)arguments[2]);
	case SYS_newfstatat:
		/* The C library's fstat. */
		if (*(const char *)arguments[1] == 0 && ((int)arguments[3] & AT_EMPTY_PATH))
			return result(syscall(SYS_fstat, (int)arguments[0], arguments[2]));
		return -ENOENT;
	default:
		stop(number, (uint32_t)arguments[0]);
		return -EPERM;
	}
}

static void trapped(int signal, siginfo_t *info, void *context)
{
	mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
	int saved = errno;

	(void)signal;
#if defined(__x86_64__)
	const uint64_t arguments[6] = {
		(uint64_t)machine->gregs[REG_RDI], (uint64_t)machine->gregs[REG_RSI], (uint64_t)machine->gregs[REG_RDX],
		(uint64_t)machine->gregs[REG_R10], (uint64_t)machine->gregs[REG_R8],  (uint64_t)machine->gregs[REG_R9],
	};

	machine->gregs[REG_RAX] = answer(info->si_syscall, arguments);
#elif defined(__aarch64__)
	const uint64_t arguments[6] = {
		machine->regs[0], machine->regs[1], machine->regs[2], machine->regs[3], machine->regs[4], machine->regs[5],
	};

	machine->regs[0] = (uint64_t)answer(info->si_syscall, arguments);
#else
#error "the handler of trapped system calls does not know this architecture"
#endif
	errno = saved;
}

bool handle_traps(void)
{
	struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};

	sigemptyset(&action.sa_mask);
	return sigaction(SIGSYS, &action, NULL) == 0;
}
