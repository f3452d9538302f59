// SPDX-License-Identifier: Apache-2.0
/* An object's bytes, opened by libbpf. */
#ifndef BPFCHAIN_OBJECT_H
#define BPFCHAIN_OBJECT_H

#include <bpf/libbpf.h>

#include "wire.h"

#define OBJECT_LIMIT (64u << 20)

struct bytes {
	void *data;
	size_t length;
};

/* What failed, for the response. `subject` is a function, a map or a path. */
struct refusal {
	enum failure failure;
	int error; /* errno or libbpf's number, positive */
	uint32_t detail;
	char subject[512];
};

bool refuse(struct refusal *refusal, enum failure failure, int error, const char *subject);

/* From here on libbpf's warnings are kept instead of printed. */
void collect_messages(void);
const char *collected_messages(void);

/* Reads a regular file of at most OBJECT_LIMIT bytes. */
bool read_object(const char *path, struct bytes *bytes, struct refusal *refusal);

/* Checks the ELF header, then opens. The caller closes. */
struct bpf_object *open_object(const struct bytes *bytes, struct refusal *refusal);

/* The name of a map as in the source; of a data section its section name. */
const char *map_name(const struct bpf_map *map);

#endif
