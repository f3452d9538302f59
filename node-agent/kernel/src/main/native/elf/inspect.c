// SPDX-License-Identifier: Apache-2.0
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "confine.h"
#include "modes.h"
#include "references.h"

/* libbpf resolves these while it creates the map; the kernel takes no BTF for them (libbpf.c, bpf_object__create_map). */
static bool has_no_btf(enum bpf_map_type type)
{
	switch (type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return true;
	default:
		return false;
	}
}

static uint32_t max_entries(const struct bpf_map *map)
{
	uint32_t entries = bpf_map__max_entries(map);
	int cpus;

	if (entries != 0 || bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return entries;
	cpus = libbpf_num_possible_cpus();
	return cpus > 0 ? (uint32_t)cpus : 0;
}

static bool put_maps(struct output *out, const struct bpf_object *object, const struct references *refs)
{
	size_t count_at = out->length;
	uint32_t count = 0;
	struct bpf_map *map;

	put_u32(out, 0);
	bpf_object__for_each_map(map, object) {
		bool btf = !has_no_btf(bpf_map__type(map));
		bool data = bpf_map__is_internal(map);
		size_t size = 0;
		const void *value = data ? bpf_map__initial_value(map, &size) : NULL;

		put_text(out, map_name(map));
		put_u32(out, bpf_map__type(map));
		put_u32(out, bpf_map__key_size(map));
		put_u32(out, bpf_map__value_size(map));
		put_u32(out, max_entries(map));
		put_u32(out, bpf_map__map_flags(map));
		put_u64(out, bpf_map__map_extra(map));
		put_u32(out, btf ? bpf_map__btf_key_type_id(map) : 0);
		put_u32(out, btf ? bpf_map__btf_value_type_id(map) : 0);
		put_u32(out, bpf_map__pin_path(map) != NULL);
		put_u32(out, data);
		put_bytes(out, value, value ? size : 0);
		put_u32(out, has_static_values(refs, map_name(map)));
		count++;
	}
	set_u32(out, count_at, count);
	return !out->failed;
}

static bool put_function_maps(struct output *out, const struct bpf_object *object, const struct references *refs, const char *name)
{
	size_t count_at = out->length;
	uint32_t count = 0;
	struct bpf_map *map;
	unsigned char *reached = reach(refs, name);

	if (!reached)
		return false;
	put_u32(out, 0);
	bpf_object__for_each_map(map, object) {
		if (reaches_map(refs, reached, map_name(map))) {
			put_text(out, map_name(map));
			count++;
		}
	}
	set_u32(out, count_at, count);
	free(reached);
	return true;
}

/* The maps whose static values name this function. */
static void put_holders(struct output *out, const struct bpf_object *object, const struct references *refs, const char *name)
{
	size_t count_at = out->length;
	uint32_t count = 0;
	struct bpf_map *map;

	put_u32(out, 0);
	bpf_object__for_each_map(map, object) {
		if (is_static_value(refs, map_name(map), name)) {
			put_text(out, map_name(map));
			count++;
		}
	}
	set_u32(out, count_at, count);
}

static bool put_functions(struct output *out, const struct bpf_object *object, const struct references *refs)
{
	size_t count_at = out->length;
	uint32_t count = 0;
	struct bpf_program *program;

	put_u32(out, 0);
	bpf_object__for_each_program(program, object) {
		const char *section = bpf_program__section_name(program);
		enum bpf_attach_type attach = bpf_program__expected_attach_type(program);
		enum bpf_attach_type named;
		/* 0 is both "none" and BPF_CGROUP_INET_INGRESS: the section decides. */
		bool attachable = attach != 0 || libbpf_attach_type_by_name(section, &named) == 0;

		put_text(out, bpf_program__name(program));
		put_text(out, section);
		put_u32(out, bpf_program__type(program));
		put_u32(out, bpf_program__type(program) != BPF_PROG_TYPE_UNSPEC && attachable);
		put_u32(out, attach);
		put_u32(out, (uint32_t)bpf_program__insn_cnt(program));
		put_holders(out, object, refs, bpf_program__name(program));
		if (!put_function_maps(out, object, refs, bpf_program__name(program)))
			return false;
		count++;
	}
	set_u32(out, count_at, count);
	return !out->failed;
}

bool inspect(struct input *request, struct output *response, struct refusal *refusal)
{
	char *path = get_text(request);
	struct bytes bytes = {0};
	struct bpf_object *object = NULL;
	struct references *refs = NULL;
	char license[LICENSE_SIZE];
	const void *btf = NULL;
	uint32_t btf_size = 0;
	const char *unsealed;
	bool done = false;

	if (request->failed || request->at != request->length) {
		refuse(refusal, BAD_REQUEST, EPROTO, "");
		goto out;
	}
	if (!read_object(path, &bytes, refusal))
		goto out;
	/* libbpf remembers the number of CPUs, which it could not read later. */
	libbpf_num_possible_cpus();
	unsealed = seal(MODE_INSPECT);
	if (unsealed) {
		refuse(refusal, CANNOT_CONFINE, errno, unsealed);
		goto out;
	}
	object = open_object(&bytes, refusal);
	if (!object)
		goto out;
	refs = find_references(&bytes);
	if (!refs) {
		refuse(refusal, CANNOT_OPEN, EINVAL, "");
		goto out;
	}
	if (bpf_object__btf(object))
		btf = btf__raw_data(bpf_object__btf(object), &btf_size);
	put_bytes(response, btf, btf ? btf_size : 0);
	read_license(refs, license);
	put_text(response, license);
	put_u32(response, has_section(refs, ".BTF.ext"));
	if (!put_functions(response, object, refs) || !put_maps(response, object, refs)) {
		refuse(refusal, OUT_OF_MEMORY, ENOMEM, "");
		goto out;
	}
	done = true;
out:
	free_references(refs);
	bpf_object__close(object);
	free(bytes.data);
	free(path);
	return done;
}
