// SPDX-License-Identifier: Apache-2.0
/*
 * Which maps a function can reach: libbpf knows, but has no call to ask. Read from the ELF relocations; where they do not decide, a
 * function counts as using every map.
 */
#ifndef BPFCHAIN_REFERENCES_H
#define BPFCHAIN_REFERENCES_H

#include "object.h"

#define LICENSE_SIZE 64 /* as libbpf keeps it */

struct references;

/* NULL without memory or when libelf refuses the object. */
struct references *find_references(const struct bytes *bytes);
void free_references(struct references *references);

/*
 * What a program reaches by calls, addresses of functions, maps, and the static values of maps. One byte for each node, for the
 * caller to free; NULL without memory.
 */
unsigned char *reach(const struct references *references, const char *program);
bool reaches_map(const struct references *references, const unsigned char *reached, const char *map);

/* Whether the object fills slots of this map at load. */
bool has_static_values(const struct references *references, const char *map);
/* Whether `function` is among them. */
bool is_static_value(const struct references *references, const char *map, const char *function);

/* The object's license as libbpf passes it to the kernel; empty where there is none. */
void read_license(const struct references *references, char license[LICENSE_SIZE]);
bool has_section(const struct references *references, const char *name);

#endif
