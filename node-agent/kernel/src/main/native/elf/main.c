// SPDX-License-Identifier: Apache-2.0
/*
 * The helper process for ELF objects: reads one request on standard input, opens (and loads and pins) one object with libbpf, writes one
 * response on standard output, and ends. libbpf is not memory-safe on hostile bytes: if they kill or take over this process, the JVM
 * that started it goes on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "modes.h"

#define HEADER_SIZE 16

static bool read_request(struct input *request, uint32_t *mode)
{
	unsigned char bytes[HEADER_SIZE];
	struct input header = {.bytes = bytes, .length = sizeof(bytes)};
	unsigned char *body;
	uint32_t magic, version, length;

	if (!read_fully(STDIN_FILENO, bytes, sizeof(bytes)))
		return false;
	magic = get_u32(&header);
	version = get_u32(&header);
	*mode = get_u32(&header);
	length = get_u32(&header);
	if (magic != WIRE_MAGIC || version != WIRE_VERSION || length > WIRE_LIMIT)
		return false;
	body = malloc((size_t)length + 1);
	if (!body)
		return false;
	request->bytes = body;
	request->length = length;
	return read_fully(STDIN_FILENO, body, length);
}

static bool write_response(const struct output *body, enum failure status)
{
	struct output header = {0};
	bool done;

	put_u32(&header, WIRE_MAGIC);
	put_u32(&header, WIRE_VERSION);
	put_u32(&header, status);
	put_u32(&header, (uint32_t)body->length);
	done = !header.failed && write_fully(STDOUT_FILENO, header.bytes, header.length) &&
	       write_fully(STDOUT_FILENO, body->bytes, body->length);
	free(header.bytes);
	return done;
}

static void put_refusal(struct output *body, const struct refusal *refusal)
{
	body->length = 0;
	body->failed = false;
	put_u32(body, (uint32_t)refusal->error);
	put_u32(body, refusal->detail);
	put_text(body, refusal->subject);
	put_text(body, collected_messages());
	put_load_details(body);
}

int main(void)
{
	struct input request = {0};
	struct output body = {0};
	struct refusal refusal = {0};
	uint32_t mode = 0;
	bool done = false;
	int status = EXIT_FAILURE;

	collect_messages();
	if (!read_request(&request, &mode) || (mode != MODE_INSPECT && mode != MODE_LOAD))
		refuse(&refusal, BAD_REQUEST, EPROTO, "");
	else if (!confine(mode))
		refuse(&refusal, CANNOT_CONFINE, errno, "limits and capabilities");
	else
		done = mode == MODE_LOAD ? load(&request, &body, &refusal) : inspect(&request, &body, &refusal);
	if (done && body.failed)
		done = refuse(&refusal, TOO_LARGE, EFBIG, "");
	if (!done)
		put_refusal(&body, &refusal);
	if (write_response(&body, done ? DONE : refusal.failure))
		status = EXIT_SUCCESS;
	free(body.bytes);
	free((void *)request.bytes);
	return status;
}
