// SPDX-License-Identifier: Apache-2.0
#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGES_LIMIT 32768

static char messages[MESSAGES_LIMIT];
static size_t messages_length;

bool refuse(struct refusal *refusal, enum failure failure, int error, const char *subject)
{
	refusal->failure = failure;
	refusal->error = error < 0 ? -error : error;
	snprintf(refusal->subject, sizeof(refusal->subject), "%s", subject);
	return false;
}

static int collect(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t left = sizeof(messages) - messages_length;
	int written;

	if (level != LIBBPF_WARN || left <= 1)
		return 0;
	written = vsnprintf(messages + messages_length, left, format, arguments);
	if (written > 0)
		messages_length += (size_t)written < left ? (size_t)written : left - 1;
	return 0;
}

void collect_messages(void)
{
	libbpf_set_print(collect);
}

const char *collected_messages(void)
{
	return messages;
}

bool read_object(const char *path, struct bytes *bytes, struct refusal *refusal)
{
	struct stat status;
	bool done = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return refuse(refusal, CANNOT_READ, errno, path);
	if (fstat(fd, &status) != 0) {
		refuse(refusal, CANNOT_READ, errno, path);
		goto out;
	}
	if (!S_ISREG(status.st_mode)) {
		refuse(refusal, CANNOT_READ, S_ISDIR(status.st_mode) ? EISDIR : EINVAL, path);
		goto out;
	}
	if (status.st_size > (off_t)OBJECT_LIMIT) {
		refuse(refusal, TOO_LARGE, EFBIG, path);
		goto out;
	}
	bytes->length = (size_t)status.st_size;
	bytes->data = malloc(bytes->length + 1);
	if (!bytes->data) {
		refuse(refusal, OUT_OF_MEMORY, ENOMEM, path);
		goto out;
	}
	if (!read_fully(fd, bytes->data, bytes->length)) {
		refuse(refusal, CANNOT_READ, EIO, path);
		goto out;
	}
	done = true;
out:
	close(fd);
	return done;
}

/* libbpf says "not a valid eBPF object file" to all of these; people want to know which. */
static bool check_header(const struct bytes *bytes, struct refusal *refusal)
{
	const unsigned char *ident = bytes->data;
	GElf_Ehdr header;
	bool done = false;
	Elf *elf;

	elf_version(EV_CURRENT);
	if (bytes->length == 0)
		return refuse(refusal, NOT_ELF, 0, "empty");
	if (bytes->length < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return refuse(refusal, NOT_ELF, 0, "");
	elf = elf_memory(bytes->data, bytes->length);
	if (!elf || !gelf_getehdr(elf, &header)) {
		refuse(refusal, NOT_ELF, 0, elf_errmsg(-1));
	} else if (header.e_machine != EM_BPF && header.e_machine != EM_NONE) {
		refuse(refusal, WRONG_MACHINE, 0, "");
		refusal->detail = header.e_machine;
	} else if (ident[EI_DATA] != ELFDATA2LSB) {
		refuse(refusal, BIG_ENDIAN_OBJECT, 0, "");
	} else if (header.e_type != ET_REL) {
		refuse(refusal, NOT_RELOCATABLE, 0, "");
		refusal->detail = header.e_type;
	} else {
		done = true;
	}
	elf_end(elf);
	return done;
}

struct bpf_object *open_object(const struct bytes *bytes, struct refusal *refusal)
{
	/* The name prefixes those of data sections in the kernel: bpfchain.rodata. */
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "bpfchain");
	struct bpf_object *object;

	if (!check_header(bytes, refusal))
		return NULL;
	object = bpf_object__open_mem(bytes->data, bytes->length, &options);
	if (!object)
		refuse(refusal, CANNOT_OPEN, errno, "");
	return object;
}

const char *map_name(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);
	const char *section = bpf_map__is_internal(map) ? strchr(name, '.') : NULL;

	return section ? section : name;
}
