// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool reserve(struct output *out, size_t more)
{
	if (out->failed || more > WIRE_LIMIT || out->length + more > WIRE_LIMIT) {
		out->failed = true;
		return false;
	}
	if (out->length + more > out->capacity) {
		size_t capacity = (out->length + more) * 2;
		unsigned char *bytes = realloc(out->bytes, capacity);
		if (!bytes) {
			out->failed = true;
			return false;
		}
		out->bytes = bytes;
		out->capacity = capacity;
	}
	return true;
}

static void encode(unsigned char *to, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

void put_u32(struct output *out, uint32_t value)
{
	if (!reserve(out, 4))
		return;
	encode(out->bytes + out->length, value, 4);
	out->length += 4;
}

void put_u64(struct output *out, uint64_t value)
{
	if (!reserve(out, 8))
		return;
	encode(out->bytes + out->length, value, 8);
	out->length += 8;
}

void put_bytes(struct output *out, const void *bytes, size_t length)
{
	if (length > WIRE_LIMIT) {
		out->failed = true;
		return;
	}
	put_u32(out, (uint32_t)length);
	if (length == 0 || !reserve(out, length))
		return;
	memcpy(out->bytes + out->length, bytes, length);
	out->length += length;
}

void put_text(struct output *out, const char *text)
{
	put_bytes(out, text ? text : "", text ? strlen(text) : 0);
}

void set_u32(struct output *out, size_t at, uint32_t value)
{
	if (!out->failed && at + 4 <= out->length)
		encode(out->bytes + at, value, 4);
}

uint32_t get_u32(struct input *in)
{
	const unsigned char *b = in->bytes + in->at;

	if (in->failed || in->length - in->at < 4) {
		in->failed = true;
		return 0;
	}
	in->at += 4;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

struct slice get_bytes(struct input *in)
{
	struct slice slice = {.bytes = NULL, .length = get_u32(in)};

	if (in->failed || in->length - in->at < slice.length) {
		in->failed = true;
		slice.length = 0;
		return slice;
	}
	slice.bytes = in->bytes + in->at;
	in->at += slice.length;
	return slice;
}

char *get_text(struct input *in)
{
	struct slice slice = get_bytes(in);
	char *text = NULL;

	if (!in->failed && !(slice.length && memchr(slice.bytes, 0, slice.length)))
		text = calloc(1, (size_t)slice.length + 1);
	if (!text) {
		in->failed = true;
		return NULL;
	}
	if (slice.length)
		memcpy(text, slice.bytes, slice.length);
	return text;
}

bool read_fully(int fd, void *bytes, size_t length)
{
	unsigned char *to = bytes;

	while (length > 0) {
		ssize_t n = read(fd, to, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		length -= (size_t)n;
	}
	return true;
}

bool write_fully(int fd, const void *bytes, size_t length)
{
	const unsigned char *from = bytes;

	while (length > 0) {
		ssize_t n = write(fd, from, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		length -= (size_t)n;
	}
	return true;
}
