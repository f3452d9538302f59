// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confine.h"
#include "modes.h"
#include "references.h"

#define LOG_SIZE (16u << 20)
#define LOG_STATS_LEVEL 4 /* BPF_LOG_STATS: errors and statistics without the trace of every instruction */
#define COUNT_LIMIT 4096
#define IDENTITY_NAME "bpfchain_id"
#define IDENTITY_PREFIX "id_"

enum how { CREATE = 1, REUSE = 2 };

struct function {
	char *name;
	char *pin_name;
	uint32_t type;
	uint32_t attach_type;
	struct slice identity;
	unsigned char *reached;
	struct bpf_program *program;
	int identity_fd;
	uint32_t id;
};

struct map {
	char *name;
	char *pin_name;
	char *reused_pin;
	int reused_fd; /* or -errno */
	enum how how;
	uint32_t added_flags;
	bool has_value;
	struct slice value;
	struct bpf_map *map;
	uint32_t id;
};

struct loading {
	char *path;
	char *directory;
	struct function *functions;
	uint32_t function_count;
	struct map *maps;
	uint32_t map_count;
	struct bytes bytes;
	struct references *references;
	struct bpf_object *object;
};

/* What a refusal tells beside its own fields; see put_load_details. */
static struct {
	int small_map_error;
	uint64_t memlock;
	uint32_t possible_cpus;
	uint32_t unknown_type;
	char *log;
	bool log_cut;
} details;

void put_load_details(struct output *response)
{
	put_u32(response, (uint32_t)details.small_map_error);
	put_u64(response, details.memlock);
	put_u32(response, details.possible_cpus);
	put_u32(response, details.unknown_type);
	put_bytes(response, details.log, details.log ? strnlen(details.log, LOG_SIZE) : 0);
	put_u32(response, details.log_cut);
}

static bool read_functions(struct input *request, struct loading *loading)
{
	uint32_t count = get_u32(request);

	if (request->failed || count == 0 || count > COUNT_LIMIT)
		return false;
	loading->functions = calloc(count, sizeof(*loading->functions));
	if (!loading->functions)
		return false;
	loading->function_count = count;
	for (uint32_t i = 0; i < count; i++)
		loading->functions[i].identity_fd = -1;
	for (uint32_t i = 0; i < count && !request->failed; i++) {
		struct function *function = &loading->functions[i];

		function->name = get_text(request);
		function->type = get_u32(request);
		function->attach_type = get_u32(request);
		function->identity = get_bytes(request);
		function->pin_name = get_text(request);
	}
	return !request->failed;
}

static bool read_maps(struct input *request, struct loading *loading)
{
	uint32_t count = get_u32(request);

	if (request->failed || count > COUNT_LIMIT)
		return false;
	loading->maps = calloc((size_t)count + 1, sizeof(*loading->maps));
	if (!loading->maps)
		return false;
	loading->map_count = count;
	for (uint32_t i = 0; i < count; i++)
		loading->maps[i].reused_fd = -1;
	for (uint32_t i = 0; i < count && !request->failed; i++) {
		struct map *map = &loading->maps[i];

		map->name = get_text(request);
		map->pin_name = get_text(request);
		map->how = get_u32(request);
		if (map->how == CREATE) {
			map->added_flags = get_u32(request);
			map->has_value = get_u32(request) != 0;
			map->value = get_bytes(request);
		} else if (map->how == REUSE) {
			map->reused_pin = get_text(request);
		} else {
			request->failed = true;
		}
	}
	return !request->failed;
}

static bool read_request(struct input *request, struct loading *loading)
{
	loading->path = get_text(request);
	loading->directory = get_text(request);
	return !request->failed && read_functions(request, loading) && read_maps(request, loading) &&
	       request->at == request->length;
}

static void set_log(struct bpf_program *program, uint32_t level)
{
	bpf_program__set_log_buf(program, details.log, LOG_SIZE);
	bpf_program__set_log_level(program, level);
}

/* Switches everything off; what was asked for is switched on again. */
static void neutralise(struct loading *loading)
{
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, loading->object)
		bpf_program__set_autoload(program, false);
	bpf_object__for_each_map(map, loading->object) {
		bpf_map__set_pin_path(map, NULL);
		bpf_map__set_autocreate(map, false);
	}
}

static bool select_functions(struct loading *loading, uint32_t log_level, struct refusal *refusal)
{
	for (uint32_t i = 0; i < loading->function_count; i++) {
		struct function *function = &loading->functions[i];

		function->program = bpf_object__find_program_by_name(loading->object, function->name);
		if (!function->program)
			return refuse(refusal, NO_FUNCTION, ENOENT, function->name);
		bpf_program__set_autoload(function->program, true);
		bpf_program__set_type(function->program, function->type);
		bpf_program__set_expected_attach_type(function->program, function->attach_type);
		set_log(function->program, log_level);
		function->reached = reach(loading->references, function->name);
		if (!function->reached)
			return refuse(refusal, OUT_OF_MEMORY, ENOMEM, function->name);
	}
	return true;
}

static bool select_map(struct loading *loading, struct map *map, struct refusal *refusal)
{
	bool filled = has_static_values(loading->references, map->name);
	int error;

	map->map = bpf_object__find_map_by_name(loading->object, map->name);
	if (!map->map)
		return refuse(refusal, NO_MAP, ENOENT, map->name);
	bpf_map__set_autocreate(map->map, true);
	if (map->how == REUSE) {
		/* libbpf would fill the live map with the new object's programs. */
		if (filled)
			return refuse(refusal, REUSED_STATIC_MAP, EINVAL, map->name);
		if (map->reused_fd < 0)
			return refuse(refusal, CANNOT_REUSE, map->reused_fd, map->name);
		error = bpf_map__reuse_fd(map->map, map->reused_fd);
		return error == 0 || refuse(refusal, CANNOT_REUSE, error, map->name);
	}
	error = bpf_map__set_map_flags(map->map, bpf_map__map_flags(map->map) | map->added_flags);
	if (error != 0)
		return refuse(refusal, CANNOT_LOAD, error, map->name);
	if (map->has_value && bpf_map__set_initial_value(map->map, map->value.bytes, map->value.length) != 0)
		return refuse(refusal, WRONG_VALUE_SIZE, errno, map->name);
	return true;
}

static bool requested_function(const struct loading *loading, const char *name)
{
	for (uint32_t i = 0; i < loading->function_count; i++)
		if (strcmp(loading->functions[i].name, name) == 0)
			return true;
	return false;
}

/* The kernel lets a program array hold only programs like the one that calls through it. */
static const struct function *caller_through(const struct loading *loading, const char *map)
{
	for (uint32_t i = 0; i < loading->function_count; i++)
		if (reaches_map(loading->references, loading->functions[i].reached, map))
			return &loading->functions[i];
	return &loading->functions[0];
}

/* Programs that the object itself puts into a program array are loaded with it. */
static void select_callees(struct loading *loading, const struct map *map, uint32_t log_level)
{
	const struct function *caller = caller_through(loading, map->name);
	struct bpf_program *program;

	bpf_object__for_each_program(program, loading->object) {
		const char *name = bpf_program__name(program);

		if (requested_function(loading, name) || !is_static_value(loading->references, map->name, name))
			continue;
		bpf_program__set_autoload(program, true);
		bpf_program__set_type(program, caller->type);
		bpf_program__set_expected_attach_type(program, caller->attach_type);
		set_log(program, log_level);
	}
}

static bool set_up(struct loading *loading, uint32_t log_level, struct refusal *refusal)
{
	struct bpf_map *map;

	loading->object = open_object(&loading->bytes, refusal);
	if (!loading->object)
		return false;
	if (!loading->references)
		loading->references = find_references(&loading->bytes);
	if (!loading->references)
		return refuse(refusal, CANNOT_OPEN, EINVAL, "");
	neutralise(loading);
	if (!select_functions(loading, log_level, refusal))
		return false;
	for (uint32_t i = 0; i < loading->map_count; i++) {
		if (!select_map(loading, &loading->maps[i], refusal))
			return false;
		if (bpf_map__type(loading->maps[i].map) == BPF_MAP_TYPE_PROG_ARRAY)
			select_callees(loading, &loading->maps[i], log_level);
	}
	/* libbpf fills every program array that has values, created or not; another type keeps it from that. */
	bpf_object__for_each_map(map, loading->object)
		if (!bpf_map__autocreate(map) && bpf_map__type(map) == BPF_MAP_TYPE_PROG_ARRAY)
			bpf_map__set_type(map, BPF_MAP_TYPE_ARRAY);
	return true;
}

static void close_object(struct loading *loading)
{
	bpf_object__close(loading->object);
	loading->object = NULL;
	for (uint32_t i = 0; i < loading->function_count; i++) {
		free(loading->functions[i].reached);
		loading->functions[i].reached = NULL;
	}
}

static int small_map_error(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpfchain_probe", 4, 4, 1, NULL);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Loads a program that every cgroup attach type accepts, to tell an unknown type from a wrong program. */
static uint32_t first_unknown_type(const struct loading *loading)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};

	for (uint32_t i = 0; i < loading->function_count; i++) {
		LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = loading->functions[i].attach_type);
		int fd = bpf_prog_load(loading->functions[i].type, "bpfchain_probe", "GPL", insns, 2, &options);

		if (fd < 0 && errno == EINVAL)
			return i + 1;
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

static void find_details(const struct loading *loading, int error)
{
	if (error == EPERM || error == ENOMEM)
		details.small_map_error = small_map_error();
	if (error == EINVAL && details.log[0] == 0)
		details.unknown_type = first_unknown_type(loading);
}

/*
 * libbpf loads each program without a log first and with ours after a refusal. A log that does not fit hides the verdict behind ENOSPC
 * before Linux 6.4: then everything is tried once more with errors and statistics only.
 */
static bool load_object(struct loading *loading, struct refusal *refusal)
{
	int error;

	if (!set_up(loading, 0, refusal))
		return false;
	error = -bpf_object__load(loading->object);
	if (error == ENOSPC && details.log[0] != 0) {
		close_object(loading);
		memset(details.log, 0, LOG_SIZE);
		details.log_cut = true;
		if (!set_up(loading, LOG_STATS_LEVEL, refusal))
			return false;
		error = -bpf_object__load(loading->object);
	}
	if (error == 0)
		return true;
	close_object(loading);
	find_details(loading, error);
	return refuse(refusal, CANNOT_LOAD, error, "");
}

static bool identify(struct function *function, struct refusal *refusal)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_RDONLY_PROG);
	const uint32_t key = 0;

	function->identity_fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, IDENTITY_NAME, sizeof(key), function->identity.length, 1, &options);
	if (function->identity_fd < 0 ||
	    bpf_map_update_elem(function->identity_fd, &key, function->identity.bytes, BPF_ANY) != 0 ||
	    bpf_map_freeze(function->identity_fd) != 0 ||
	    bpf_prog_bind_map(bpf_program__fd(function->program), function->identity_fd, NULL) != 0)
		return refuse(refusal, CANNOT_IDENTIFY, errno, function->name);
	return true;
}

static bool refuse_pin(const struct loading *loading, int error, const char *name, struct refusal *refusal)
{
	char path[sizeof(refusal->subject)];
	int length = snprintf(path, sizeof(path), "%s/%s", loading->directory, name);

	return refuse(refusal, CANNOT_PIN, error, length > 0 && (size_t)length < sizeof(path) ? path : name);
}

/* The directory is the working directory: a relative path needs no more rights than those of its owner. */
static bool pin(const struct loading *loading, int fd, const char *prefix, const char *name, struct refusal *refusal)
{
	char path[NAME_MAX + 1];
	int length = snprintf(path, sizeof(path), "%s%s", prefix, name);

	if (length <= 0 || (size_t)length >= sizeof(path))
		return refuse(refusal, CANNOT_PIN, ENAMETOOLONG, name);
	return bpf_obj_pin(fd, path) == 0 || refuse_pin(loading, errno, path, refusal);
}

static bool pin_all(const struct loading *loading, struct refusal *refusal)
{
	for (uint32_t i = 0; i < loading->map_count; i++)
		if (!pin(loading, bpf_map__fd(loading->maps[i].map), "", loading->maps[i].pin_name, refusal))
			return false;
	for (uint32_t i = 0; i < loading->function_count; i++) {
		const struct function *function = &loading->functions[i];

		if (!pin(loading, function->identity_fd, IDENTITY_PREFIX, function->pin_name, refusal) ||
		    !pin(loading, bpf_program__fd(function->program), "", function->pin_name, refusal))
			return false;
	}
	return true;
}

static bool find_ids(struct loading *loading, struct refusal *refusal)
{
	for (uint32_t i = 0; i < loading->function_count; i++) {
		struct bpf_prog_info info = {0};
		uint32_t length = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_program__fd(loading->functions[i].program), &info, &length) != 0)
			return refuse(refusal, CANNOT_IDENTIFY, errno, loading->functions[i].name);
		loading->functions[i].id = info.id;
	}
	for (uint32_t i = 0; i < loading->map_count; i++) {
		struct bpf_map_info info = {0};
		uint32_t length = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_map__fd(loading->maps[i].map), &info, &length) != 0)
			return refuse(refusal, CANNOT_IDENTIFY, errno, loading->maps[i].name);
		loading->maps[i].id = info.id;
	}
	return true;
}

static void put_ids(const struct loading *loading, struct output *response)
{
	put_u32(response, loading->function_count);
	for (uint32_t i = 0; i < loading->function_count; i++) {
		put_text(response, loading->functions[i].name);
		put_u32(response, loading->functions[i].id);
	}
	put_u32(response, loading->map_count);
	for (uint32_t i = 0; i < loading->map_count; i++) {
		put_text(response, loading->maps[i].name);
		put_u32(response, loading->maps[i].id);
	}
}

static void release(struct loading *loading)
{
	close_object(loading);
	for (uint32_t i = 0; i < loading->function_count; i++) {
		if (loading->functions[i].identity_fd >= 0)
			close(loading->functions[i].identity_fd);
		free(loading->functions[i].name);
		free(loading->functions[i].pin_name);
	}
	for (uint32_t i = 0; i < loading->map_count; i++) {
		free(loading->maps[i].name);
		free(loading->maps[i].pin_name);
		free(loading->maps[i].reused_pin);
		if (loading->maps[i].reused_fd >= 0)
			close(loading->maps[i].reused_fd);
	}
	free_references(loading->references);
	free(loading->functions);
	free(loading->maps);
	free(loading->bytes.data);
	free(loading->path);
	free(loading->directory);
}

/*
 * Through these descriptors nobody can change a live map: what the new program is to find in it is written by the old one alone, until the
 * switch. Programs that use the map are not bound by that. What cannot be opened is refused where the map is used.
 */
static void open_reused_maps(struct loading *loading)
{
	LIBBPF_OPTS(bpf_obj_get_opts, read_only, .file_flags = BPF_F_RDONLY);

	for (uint32_t i = 0; i < loading->map_count; i++)
		if (loading->maps[i].how == REUSE)
			loading->maps[i].reused_fd = bpf_obj_get_opts(loading->maps[i].reused_pin, &read_only);
}

/* Later there is no way to ask. libbpf remembers the number of CPUs. */
static void remember_limits(void)
{
	struct rlimit limit;
	int cpus = libbpf_num_possible_cpus();

	details.possible_cpus = cpus > 0 ? (uint32_t)cpus : 1;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0)
		details.memlock = limit.rlim_cur;
}

/* Whatever needs a path, before the object is looked at. The parent removes the directory where the load fails. */
static bool prepare(struct input *request, struct loading *loading, struct refusal *refusal)
{
	const char *unsealed;

	if (!read_request(request, loading))
		return refuse(refusal, BAD_REQUEST, EPROTO, "");
	details.log = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (details.log == MAP_FAILED) {
		details.log = NULL;
		return refuse(refusal, OUT_OF_MEMORY, ENOMEM, "");
	}
	if (!read_object(loading->path, &loading->bytes, refusal))
		return false;
	open_reused_maps(loading);
	remember_limits();
	if (mkdir(loading->directory, 0700) != 0 || chdir(loading->directory) != 0)
		return refuse(refusal, CANNOT_PIN, errno, loading->directory);
	unsealed = seal(MODE_LOAD);
	return !unsealed || refuse(refusal, CANNOT_CONFINE, errno, unsealed);
}

bool load(struct input *request, struct output *response, struct refusal *refusal)
{
	struct loading loading = {0};
	bool done = false;

	if (!prepare(request, &loading, refusal) || !load_object(&loading, refusal))
		goto out;
	for (uint32_t i = 0; i < loading.function_count; i++)
		if (!identify(&loading.functions[i], refusal))
			goto out;
	if (!find_ids(&loading, refusal) || !pin_all(&loading, refusal))
		goto out;
	put_ids(&loading, response);
	done = true;
out:
	release(&loading);
	return done;
}
