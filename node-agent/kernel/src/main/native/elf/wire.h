// SPDX-License-Identifier: Apache-2.0
/*
 * Both messages are little-endian and length-prefixed. A request is
 *   u32 magic, u32 version, u32 mode, u32 length of the body, body
 * and a response is
 *   u32 magic, u32 version, u32 status, u32 length of the body, body.
 * HelperRequest.java and HelperResponse.java are the other side; both sides change together.
 */
#ifndef BPFCHAIN_WIRE_H
#define BPFCHAIN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC 0x43465042u /* "BPFC" */
#define WIRE_VERSION 2u
#define WIRE_LIMIT (64u << 20)

enum mode { MODE_INSPECT = 1, MODE_LOAD = 2 };

/* Status of a response: 0, or what failed. The Java enum HelperFailure has the same numbers. */
enum failure {
	DONE = 0,
	BAD_REQUEST = 1,
	CANNOT_READ = 2,
	TOO_LARGE = 3,
	NOT_ELF = 4,
	WRONG_MACHINE = 5,
	BIG_ENDIAN_OBJECT = 6,
	NOT_RELOCATABLE = 7,
	CANNOT_OPEN = 8,
	NO_FUNCTION = 9,
	NO_MAP = 10,
	CANNOT_REUSE = 11,
	WRONG_VALUE_SIZE = 12,
	CANNOT_LOAD = 13,
	CANNOT_IDENTIFY = 14,
	CANNOT_PIN = 15,
	OUT_OF_MEMORY = 16,
	REUSED_STATIC_MAP = 17,
	CANNOT_CONFINE = 18,
};

/* A growing output. After a failed growth `failed` is set and nothing more is added. */
struct output {
	unsigned char *bytes;
	size_t length;
	size_t capacity;
	bool failed;
};

void put_u32(struct output *out, uint32_t value);
void put_u64(struct output *out, uint64_t value);
void put_bytes(struct output *out, const void *bytes, size_t length);
void put_text(struct output *out, const char *text);
void set_u32(struct output *out, size_t at, uint32_t value);

/* A cursor over a request. After a field that does not fit `failed` is set and every further field is empty. */
struct input {
	const unsigned char *bytes;
	size_t length;
	size_t at;
	bool failed;
};

struct slice {
	const unsigned char *bytes;
	uint32_t length;
};

uint32_t get_u32(struct input *in);
struct slice get_bytes(struct input *in);
/* A copy that ends with a NUL, for the caller to free; NULL, and `failed` set, when it holds a NUL itself. */
char *get_text(struct input *in);

/* Reads exactly, or writes all; false at the end of the stream or on an error. */
bool read_fully(int fd, void *bytes, size_t length);
bool write_fully(int fd, const void *bytes, size_t length);

#endif
