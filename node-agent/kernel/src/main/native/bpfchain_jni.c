/*
 * bpf(2) and a few file calls for io.bpfchain.kernel.Native.
 *
 * Every function takes numbers and buffers and returns a value or -errno; nothing here decides, remembers or retries (but
 * for EINTR). Sizes of keys and values are the caller's business: the kernel copies as many bytes as the map was made with, so
 * the Java side checks every buffer against the map's sizes before it calls.
 *
 * struct bpf_attr is declared anew here, command by command, because the UAPI header of the build machine may be older than the
 * kernel that runs it. A zeroed attr that is longer than the kernel's own is accepted (bpf_check_uarg_tail_zero()), and of a
 * shorter one the rest counts as zero, so one size fits all kernels as long as the fields that a kernel does not know stay zero.
 */
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define ATTR_SIZE 144u
#define PATH_SIZE 4096
#define INFO_SIZE 512
#define NAME_SIZE 16

/* Offsets that the Java side reads; UAPI, so they never move. */
_Static_assert(offsetof(struct bpf_prog_info, name) == 64, "bpf_prog_info.name");
_Static_assert(offsetof(struct bpf_prog_info, btf_id) == 128, "bpf_prog_info.btf_id");
_Static_assert(offsetof(struct bpf_prog_info, run_time_ns) == 192, "bpf_prog_info.run_time_ns");
_Static_assert(offsetof(struct bpf_prog_info, verified_insns) == 216, "bpf_prog_info.verified_insns");
_Static_assert(offsetof(struct bpf_map_info, name) == 24, "bpf_map_info.name");
_Static_assert(offsetof(struct bpf_map_info, btf_id) == 64, "bpf_map_info.btf_id");
_Static_assert(offsetof(struct bpf_map_info, map_extra) == 80, "bpf_map_info.map_extra");
_Static_assert(offsetof(struct bpf_link_info, cgroup.cgroup_id) == 16, "bpf_link_info.cgroup.cgroup_id");
_Static_assert(offsetof(struct bpf_btf_info, btf_size) == 8, "bpf_btf_info.btf_size");

/* Commands (enum bpf_cmd), with the kernel that brought each. */
enum command {
	CMD_MAP_CREATE = 0,       /* 3.18 */
	CMD_MAP_LOOKUP = 1,       /* 3.18 */
	CMD_MAP_UPDATE = 2,       /* 3.18 */
	CMD_MAP_DELETE = 3,       /* 3.18 */
	CMD_MAP_NEXT_KEY = 4,     /* 3.18 */
	CMD_PROG_LOAD = 5,        /* 3.18 */
	CMD_OBJ_PIN = 6,          /* 4.4 */
	CMD_OBJ_GET = 7,          /* 4.4 */
	CMD_PROG_ATTACH = 8,      /* 4.10 */
	CMD_PROG_DETACH = 9,      /* 4.10 */
	CMD_OBJ_INFO = 15,        /* 4.13 */
	CMD_PROG_QUERY = 16,      /* 4.15 */
	CMD_MAP_FREEZE = 22,      /* 5.2 */
	CMD_LINK_CREATE = 28,     /* 5.7 */
	CMD_ENABLE_STATS = 32,    /* 5.8 */
	CMD_PROG_BIND_MAP = 35,   /* 5.10 */
};

/* BPF_PROG_ATTACH, BPF_PROG_DETACH */
struct attach_attr {
	uint32_t target_fd;
	uint32_t prog_fd;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t replace_fd;        /* 5.6, read only with BPF_F_REPLACE */
	uint32_t relative;          /* 6.6 (mprog), on cgroups 6.17 and backports: an fd, or an id with BPF_F_ID */
	uint64_t expected_revision; /* the same */
};

/* BPF_PROG_QUERY. prog_attach_flags (5.19) and link_ids (6.6) stay zero: older kernels refuse them with EINVAL. */
struct query_attr {
	uint32_t target_fd;
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags;
	uint64_t prog_ids;
	uint32_t count;
	uint32_t pad;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision;          /* written by kernels with mprog on cgroups, left alone by others */
};

/* BPF_MAP_*_ELEM, BPF_MAP_GET_NEXT_KEY */
struct element_attr {
	uint32_t map_fd;
	uint32_t pad;
	uint64_t key;
	uint64_t value;
	uint64_t flags;
};

/* BPF_MAP_*_BATCH (5.6; LPM trie 5.13) */
struct batch_attr {
	uint64_t in_batch;
	uint64_t out_batch;
	uint64_t keys;
	uint64_t values;
	uint32_t count;
	uint32_t map_fd;
	uint64_t element_flags;
	uint64_t flags;
};

/* BPF_MAP_CREATE */
struct map_attr {
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	uint32_t inner_map_fd;
	uint32_t numa_node;
	char name[NAME_SIZE];       /* 4.15 */
	uint32_t ifindex;
	uint32_t btf_fd;
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
	uint32_t btf_vmlinux_value_type_id;
	uint64_t map_extra;         /* 5.16 */
};

/* BPF_PROG_LOAD */
struct load_attr {
	uint32_t type;
	uint32_t insn_count;
	uint64_t insns;
	uint64_t license;
	uint32_t log_level;
	uint32_t log_size;
	uint64_t log_buf;
	uint32_t kern_version;
	uint32_t flags;
	char name[NAME_SIZE];       /* 4.15 */
	uint32_t ifindex;
	uint32_t expected_attach_type; /* 4.17 */
};

struct path_attr { /* BPF_OBJ_PIN, BPF_OBJ_GET */
	uint64_t pathname;
	uint32_t fd;
	uint32_t file_flags;
};

struct info_attr { /* BPF_OBJ_GET_INFO_BY_FD */
	uint32_t fd;
	uint32_t length;
	uint64_t info;
};

struct id_attr { /* BPF_*_GET_NEXT_ID, BPF_*_GET_FD_BY_ID */
	uint32_t id;
	uint32_t next_id;
	uint32_t open_flags;
};

struct pair_attr { /* BPF_PROG_BIND_MAP: program and map; BPF_LINK_CREATE: program, target, type */
	uint32_t prog_fd;
	uint32_t other_fd;
	uint32_t third;
	uint32_t flags;
};

union attr {
	struct attach_attr attach;
	struct query_attr query;
	struct element_attr element;
	struct batch_attr batch;
	struct map_attr map;
	struct load_attr load;
	struct path_attr path;
	struct info_attr info;
	struct id_attr id;
	struct pair_attr pair;
	uint32_t word;
	unsigned char bytes[ATTR_SIZE];
};
_Static_assert(sizeof(union attr) == ATTR_SIZE, "no command is longer");

static uint64_t pointer(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static jint result(long value)
{
	return (jint)(value < 0 ? -errno : value);
}

static jint bpf_sized(enum command command, void *attr, unsigned int size)
{
	long value;

	do {
		value = syscall(__NR_bpf, (int)command, attr, size);
	} while (value < 0 && errno == EINTR);
	return result(value);
}

static jint bpf(enum command command, union attr *attr)
{
	return bpf_sized(command, attr, ATTR_SIZE);
}

/* Copies a byte[] into a buffer of the caller; -EINVAL for an empty one, -ENAMETOOLONG when it does not fit. */
static jint copy_in(JNIEnv *env, jbyteArray from, void *to, jsize size)
{
	jsize length = (*env)->GetArrayLength(env, from);

	if (length == 0)
		return -EINVAL;
	if (length > size)
		return -ENAMETOOLONG;
	(*env)->GetByteArrayRegion(env, from, 0, length, to);
	return length;
}

/* The same for text, which gets its terminating zero here. A text with a zero in it is -EINVAL. */
static jint copy_text(JNIEnv *env, jbyteArray from, char *to, jsize size)
{
	jint length = copy_in(env, from, to, size - 1);

	if (length < 0)
		return length;
	to[length] = 0;
	return strlen(to) == (size_t)length ? length : -EINVAL;
}

/* The memory of a direct buffer, or NULL when it is shorter than what will be read or written. */
static void *direct(JNIEnv *env, jobject buffer, jlong least)
{
	return (*env)->GetDirectBufferCapacity(env, buffer) >= least ? (*env)->GetDirectBufferAddress(env, buffer) : NULL;
}

/* ---- files ---- */

static jint open_path(const char *path)
{
	int fd;

	do {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	return result(fd);
}

static jint JNICALL open_directory(JNIEnv *env, jclass type, jbyteArray path)
{
	char text[PATH_SIZE];
	jint length = copy_text(env, path, text, sizeof(text));

	(void)type;
	return length < 0 ? length : open_path(text);
}

/* EINTR is success here: Linux has released the descriptor by then, and a second close could hit somebody else's. */
static jint JNICALL close_fd(JNIEnv *env, jclass type, jint fd)
{
	(void)env, (void)type;
	return close(fd) == 0 || errno == EINTR ? 0 : -errno;
}

/* The table of descriptors grows when a number beyond its end is first given out, and keeps its size. */
static jint JNICALL reserve_fds(JNIEnv *env, jclass type, jint fd, jint least)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, least);

	(void)env, (void)type;
	return high < 0 ? -errno : result(close(high));
}

static jlong JNICALL inode(JNIEnv *env, jclass type, jint fd)
{
	struct stat status;

	(void)env, (void)type;
	return fstat(fd, &status) == 0 ? (jlong)status.st_ino : -errno;
}

/* struct linux_dirent64 one behind another, as many as fit; 0 at the end. */
static jint JNICALL read_directory(JNIEnv *env, jclass type, jint fd, jobject buffer)
{
	void *out = direct(env, buffer, 1);

	(void)type;
	return out ? result(syscall(__NR_getdents64, fd, out, (unsigned int)(*env)->GetDirectBufferCapacity(env, buffer))) : -EINVAL;
}

static jlong JNICALL file_system(JNIEnv *env, jclass type, jbyteArray path)
{
	char text[PATH_SIZE];
	jint length = copy_text(env, path, text, sizeof(text));
	struct statfs status;

	(void)type;
	if (length < 0)
		return length;
	return statfs(text, &status) == 0 ? (jlong)status.f_type : -errno;
}

static jint JNICALL mount_bpffs(JNIEnv *env, jclass type, jbyteArray path)
{
	char text[PATH_SIZE];
	jint length = copy_text(env, path, text, sizeof(text));

	(void)type;
	return length < 0 ? length : result(mount("bpf", text, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700"));
}

static jint JNICALL lock_file(JNIEnv *env, jclass type, jint fd, jint operation)
{
	(void)env, (void)type;
	return result(flock(fd, operation));
}

/* ---- lists of programs ---- */

static jint JNICALL prog_attach(JNIEnv *env, jclass type, jint target, jint attach_type, jint prog, jint flags, jint replace,
				jint relative, jlong revision)
{
	/* Called once for each program and cgroup of a change, so no longer than it has to be: the kernel takes the rest for zero. */
	struct attach_attr attr = {.target_fd = (uint32_t)target,
				   .prog_fd = (uint32_t)prog,
				   .attach_type = (uint32_t)attach_type,
				   .flags = (uint32_t)flags,
				   .replace_fd = (uint32_t)replace,
				   .relative = (uint32_t)relative,
				   .expected_revision = (uint64_t)revision};

	(void)env, (void)type;
	return bpf_sized(CMD_PROG_ATTACH, &attr, sizeof(attr));
}

static jint JNICALL prog_detach(JNIEnv *env, jclass type, jint target, jint attach_type, jint prog, jlong revision)
{
	union attr attr = {.attach = {.target_fd = (uint32_t)target,
				      .prog_fd = (uint32_t)prog,
				      .attach_type = (uint32_t)attach_type,
				      .expected_revision = (uint64_t)revision}};

	(void)env, (void)type;
	return bpf(CMD_PROG_DETACH, &attr);
}

/* What a query leaves in its buffer, before the ids. On -ENOSPC the count is the real one. */
struct query_result {
	uint32_t count;
	uint32_t attach_flags;
	uint64_t revision;
};

static jint query(jint target, jint attach_type, jint query_flags, uint32_t *ids, uint32_t capacity, struct query_result *out)
{
	struct query_attr attr = {.target_fd = (uint32_t)target,
				  .attach_type = (uint32_t)attach_type,
				  .query_flags = (uint32_t)query_flags,
				  .count = capacity,
				  .prog_ids = pointer(ids)};
	jint value = bpf_sized(CMD_PROG_QUERY, &attr, sizeof(attr));

	out->count = attr.count;
	out->attach_flags = attr.attach_flags;
	out->revision = attr.revision;
	return value;
}

static jint JNICALL prog_query(JNIEnv *env, jclass type, jint target, jint attach_type, jint query_flags, jobject buffer)
{
	struct query_result *out = direct(env, buffer, sizeof(*out));
	jlong room = (*env)->GetDirectBufferCapacity(env, buffer) - (jlong)sizeof(*out);

	(void)type;
	return out ? query(target, attach_type, query_flags, (uint32_t *)(out + 1), (uint32_t)((uint64_t)room / sizeof(uint32_t)), out)
		   : -EINVAL;
}

/* ---- many lists in one call ---- */

/* How many ids a local list holds at most (BPF_CGROUP_MAX_PROGS). */
#define MOST_IDS 64

/* A directory that was opened, or the answers. */
struct opened {
	int64_t inode; /* or -errno */
	int32_t fd;    /* or -errno */
	int32_t pad;
};

static void open_one(const char *path, struct opened *out)
{
	struct stat status;

	out->fd = open_path(path);
	if (out->fd >= 0)
		out->inode = fstat(out->fd, &status) == 0 ? (int64_t)status.st_ino : -errno;
}

/* Paths stand behind one another, each with its terminating zero. */
static jint JNICALL open_directories(JNIEnv *env, jclass type, jobject paths, jint count, jobject buffer)
{
	const char *path = direct(env, paths, 0);
	jlong left = (*env)->GetDirectBufferCapacity(env, paths);
	struct opened *out = direct(env, buffer, (jlong)count * (jlong)sizeof(*out));

	(void)type;
	if (!path || !out)
		return -EINVAL;
	for (jint i = 0; i < count; i++) {
		size_t length = strnlen(path, (size_t)left);

		if ((jlong)length >= left)
			return -EINVAL;
		open_one(path, &out[i]);
		path += length + 1;
		left -= (jlong)length + 1;
	}
	return 0;
}

/* What a list is: with the descriptor of its cgroup in, and with the answer out. */
struct list_row {
	int32_t fd; /* then 0 or -errno */
	uint32_t pad;
	struct query_result list;
	uint32_t ids[MOST_IDS];
};

static jint query_list(jint target, jint attach_type, struct list_row *out)
{
	return query(target, attach_type, 0, out->ids, MOST_IDS, &out->list);
}

static jint JNICALL query_lists(JNIEnv *env, jclass type, jint count, jint attach_type, jobject buffer)
{
	struct list_row *rows = direct(env, buffer, (jlong)count * (jlong)sizeof(*rows));

	(void)type;
	if (!rows)
		return -EINVAL;
	for (jint i = 0; i < count; i++)
		rows[i].fd = query_list(rows[i].fd, attach_type, &rows[i]);
	return 0;
}

/* One BPF_F_REPLACE; descriptors of programs. */
struct replacement {
	int32_t old;
	int32_t by;
};

/* How far the replacements at one list have come. */
struct replaced {
	int32_t fd;    /* of the cgroup */
	int32_t made;  /* replacements that were carried out */
	int32_t error; /* 0; -errno of the call that ended it; 1 for another list than was expected */
	int32_t pad;
};

#define OTHER_LIST 1

/* The list is read before the first replacement and after each; the next one goes through only at the revision that was read last. */
static void replace_in_list(jint attach_type, const struct replacement *steps, jint count, const uint32_t *ids, uint32_t length,
			    struct replaced *out)
{
	struct list_row row;

	for (out->made = 0;; out->made++, ids += length) {
		struct attach_attr attr = {.target_fd = (uint32_t)out->fd,
					   .attach_type = (uint32_t)attach_type,
					   .flags = BPF_F_ALLOW_MULTI | BPF_F_REPLACE};

		out->error = query_list(out->fd, attach_type, &row);
		if (out->error < 0)
			return;
		if (row.list.count != length || memcmp(row.ids, ids, length * sizeof(*ids)) != 0) {
			out->error = OTHER_LIST;
			return;
		}
		if (out->made == count)
			return;
		attr.prog_fd = (uint32_t)steps[out->made].by;
		attr.replace_fd = (uint32_t)steps[out->made].old;
		attr.expected_revision = row.list.revision;
		out->error = bpf_sized(CMD_PROG_ATTACH, &attr, sizeof(attr));
		if (out->error < 0)
			return;
	}
}

/* The same replacements at some lists, each list whole before the next; ids are the lists before, between and behind them. */
static jint JNICALL replace_in_lists(JNIEnv *env, jclass type, jint lists, jint attach_type, jint replacements, jint length,
				     jobject steps, jobject ids, jobject buffer)
{
	const struct replacement *step = direct(env, steps, (jlong)replacements * (jlong)sizeof(*step));
	const uint32_t *id = direct(env, ids, ((jlong)replacements + 1) * length * (jlong)sizeof(*id));
	struct replaced *out = direct(env, buffer, (jlong)lists * (jlong)sizeof(*out));

	(void)type;
	if (!step || !id || !out || length > MOST_IDS)
		return -EINVAL;
	for (jint i = 0; i < lists; i++)
		replace_in_list(attach_type, step, replacements, id, (uint32_t)length, &out[i]);
	return 0;
}

static jint JNICALL link_create(JNIEnv *env, jclass type, jint prog, jint target, jint attach_type)
{
	union attr attr = {.pair = {.prog_fd = (uint32_t)prog, .other_fd = (uint32_t)target, .third = (uint32_t)attach_type}};

	(void)env, (void)type;
	return bpf(CMD_LINK_CREATE, &attr);
}

/* ---- pins, ids, info ---- */

static jint JNICALL obj_pin(JNIEnv *env, jclass type, jint fd, jbyteArray path)
{
	char text[PATH_SIZE];
	jint length = copy_text(env, path, text, sizeof(text));
	union attr attr = {.path = {.pathname = pointer(text), .fd = (uint32_t)fd}};

	(void)type;
	return length < 0 ? length : bpf(CMD_OBJ_PIN, &attr);
}

static jint JNICALL obj_get(JNIEnv *env, jclass type, jbyteArray path, jint file_flags)
{
	char text[PATH_SIZE];
	jint length = copy_text(env, path, text, sizeof(text));
	union attr attr = {.path = {.pathname = pointer(text), .file_flags = (uint32_t)file_flags}};

	(void)type;
	return length < 0 ? length : bpf(CMD_OBJ_GET, &attr);
}

static jint JNICALL next_id(JNIEnv *env, jclass type, jint command, jint start)
{
	union attr attr = {.id = {.id = (uint32_t)start}};
	jint value = bpf((enum command)command, &attr);

	(void)env, (void)type;
	return value < 0 ? value : (jint)attr.id.next_id;
}

static jint JNICALL fd_by_id(JNIEnv *env, jclass type, jint command, jint id)
{
	union attr attr = {.id = {.id = (uint32_t)id}};

	(void)env, (void)type;
	return bpf((enum command)command, &attr);
}

/* Maps and links: no pointers of ours in the info. Returns how many bytes the kernel knows of. */
static jint JNICALL object_info(JNIEnv *env, jclass type, jint fd, jbyteArray out)
{
	unsigned char info[INFO_SIZE] = {0};
	jsize size = (*env)->GetArrayLength(env, out);
	union attr attr = {.info = {.fd = (uint32_t)fd, .length = (uint32_t)size, .info = pointer(info)}};
	jint value;

	(void)type;
	if (size > INFO_SIZE)
		return -EINVAL;
	value = bpf(CMD_OBJ_INFO, &attr);
	if (value < 0)
		return value;
	(*env)->SetByteArrayRegion(env, out, 0, size, (jbyte *)info);
	return (jint)attr.info.length;
}

/* nr_map_ids comes back as the real number; the ids of as many as fit into the second array. */
static jint JNICALL program_info(JNIEnv *env, jclass type, jint fd, jbyteArray out, jbyteArray map_ids)
{
	struct bpf_prog_info info = {0};
	uint32_t ids[256] = {0};
	jsize size = (*env)->GetArrayLength(env, out);
	jsize ids_size = (*env)->GetArrayLength(env, map_ids);
	union attr attr = {.info = {.fd = (uint32_t)fd, .length = sizeof(info), .info = pointer(&info)}};
	jint value;

	(void)type;
	if (size > (jsize)sizeof(info) || ids_size > (jsize)sizeof(ids))
		return -EINVAL;
	info.nr_map_ids = (uint32_t)ids_size / sizeof(uint32_t);
	info.map_ids = pointer(ids);
	value = bpf(CMD_OBJ_INFO, &attr);
	if (value < 0)
		return value;
	(*env)->SetByteArrayRegion(env, out, 0, size, (jbyte *)&info);
	(*env)->SetByteArrayRegion(env, map_ids, 0, ids_size, (jbyte *)ids);
	return 0;
}

static jint JNICALL enable_stats(JNIEnv *env, jclass type, jint kind)
{
	union attr attr = {.word = (uint32_t)kind};

	(void)env, (void)type;
	return bpf(CMD_ENABLE_STATS, &attr);
}

/* ---- programs ---- */

static jint JNICALL prog_load(JNIEnv *env, jclass type, jint prog_type, jint expected, jbyteArray insns, jbyteArray name,
			      jbyteArray license)
{
	struct bpf_insn code[512];
	char license_text[128], name_text[NAME_SIZE];
	jint size = copy_in(env, insns, code, sizeof(code));
	jint name_size = copy_text(env, name, name_text, sizeof(name_text));
	jint license_size = copy_text(env, license, license_text, sizeof(license_text));
	union attr attr = {.load = {.type = (uint32_t)prog_type,
				    .insns = pointer(code),
				    .license = pointer(license_text),
				    .expected_attach_type = (uint32_t)expected}};

	(void)type;
	if (size < 0 || name_size < 0 || license_size < 0)
		return -EINVAL;
	attr.load.insn_count = (uint32_t)size / sizeof(struct bpf_insn);
	memcpy(attr.load.name, name_text, (size_t)name_size);
	return bpf(CMD_PROG_LOAD, &attr);
}

static jint JNICALL prog_bind_map(JNIEnv *env, jclass type, jint prog, jint map)
{
	union attr attr = {.pair = {.prog_fd = (uint32_t)prog, .other_fd = (uint32_t)map}};

	(void)env, (void)type;
	return bpf(CMD_PROG_BIND_MAP, &attr);
}

/* ---- maps ---- */

static jint JNICALL map_create(JNIEnv *env, jclass type, jint map_type, jint key_size, jint value_size, jint max_entries,
			       jint flags, jbyteArray name)
{
	char name_text[NAME_SIZE];
	jint name_size = copy_text(env, name, name_text, sizeof(name_text));
	union attr attr = {.map = {.type = (uint32_t)map_type,
				   .key_size = (uint32_t)key_size,
				   .value_size = (uint32_t)value_size,
				   .max_entries = (uint32_t)max_entries,
				   .flags = (uint32_t)flags}};

	(void)type;
	if (name_size < 0)
		return name_size;
	memcpy(attr.map.name, name_text, (size_t)name_size);
	return bpf(CMD_MAP_CREATE, &attr);
}

static jint JNICALL map_freeze(JNIEnv *env, jclass type, jint map)
{
	union attr attr = {.word = (uint32_t)map};

	(void)env, (void)type;
	return bpf(CMD_MAP_FREEZE, &attr);
}

static jint element(JNIEnv *env, enum command command, jint map, jobject key, jobject value, jlong flags)
{
	union attr attr = {.element = {.map_fd = (uint32_t)map, .flags = (uint64_t)flags}};

	attr.element.key = pointer(key ? direct(env, key, 1) : NULL);
	attr.element.value = pointer(value ? direct(env, value, 1) : NULL);
	if ((key && !attr.element.key) || (value && !attr.element.value))
		return -EINVAL;
	return bpf(command, &attr);
}

static jint JNICALL map_lookup(JNIEnv *env, jclass type, jint map, jobject key, jobject value)
{
	(void)type;
	return element(env, CMD_MAP_LOOKUP, map, key, value, 0);
}

static jint JNICALL map_update(JNIEnv *env, jclass type, jint map, jobject key, jobject value, jlong flags)
{
	(void)type;
	return element(env, CMD_MAP_UPDATE, map, key, value, flags);
}

static jint JNICALL map_delete(JNIEnv *env, jclass type, jint map, jobject key)
{
	(void)type;
	return element(env, CMD_MAP_DELETE, map, key, NULL, 0);
}

static jint JNICALL map_first_key(JNIEnv *env, jclass type, jint map, jobject first)
{
	(void)type;
	return element(env, CMD_MAP_NEXT_KEY, map, NULL, first, 0);
}

static jint JNICALL map_next_key(JNIEnv *env, jclass type, jint map, jobject key, jobject next)
{
	(void)type;
	return element(env, CMD_MAP_NEXT_KEY, map, key, next, 0);
}

/* The number of elements done in the low 32 bits and errno (0 = none) in the high ones: both matter, a batch may end half-way. */
static jlong JNICALL map_batch(JNIEnv *env, jclass type, jint command, jint map, jboolean resume, jobject token, jobject keys,
			       jobject values, jint count, jlong flags)
{
	void *token_data = direct(env, token, 8);
	union attr attr = {.batch = {.in_batch = pointer(resume ? token_data : NULL),
				     .out_batch = pointer(token_data),
				     .keys = pointer(direct(env, keys, 1)),
				     .values = pointer(direct(env, values, 1)),
				     .count = (uint32_t)count,
				     .map_fd = (uint32_t)map,
				     .element_flags = (uint64_t)flags}};
	jint value;

	(void)type;
	if (!token_data || !attr.batch.keys || !attr.batch.values)
		return (jlong)EINVAL << 32;
	value = bpf((enum command)command, &attr);
	/* EFAULT: the kernel did not get as far as writing the count. */
	if (value == -EFAULT)
		attr.batch.count = 0;
	return (jlong)attr.batch.count | (jlong)(value < 0 ? -value : 0) << 32;
}

#define BUFFER "Ljava/nio/ByteBuffer;"

static const JNINativeMethod METHODS[] = {
	{"openDirectory", "([B)I", (void *)open_directory},
	{"reserveFds", "(II)I", (void *)reserve_fds},
	{"close", "(I)I", (void *)close_fd},
	{"inode", "(I)J", (void *)inode},
	{"fileSystem", "([B)J", (void *)file_system},
	{"mountBpffs", "([B)I", (void *)mount_bpffs},
	{"flock", "(II)I", (void *)lock_file},
	{"progAttach", "(IIIIIIJ)I", (void *)prog_attach},
	{"progDetach", "(IIIJ)I", (void *)prog_detach},
	{"progQuery", "(III" BUFFER ")I", (void *)prog_query},
	{"openDirectories", "(" BUFFER "I" BUFFER ")I", (void *)open_directories},
	{"queryLists", "(II" BUFFER ")I", (void *)query_lists},
	{"replaceInLists", "(IIII" BUFFER BUFFER BUFFER ")I", (void *)replace_in_lists},
	{"readDirectory", "(I" BUFFER ")I", (void *)read_directory},
	{"linkCreate", "(III)I", (void *)link_create},
	{"objPin", "(I[B)I", (void *)obj_pin},
	{"objGet", "([BI)I", (void *)obj_get},
	{"nextId", "(II)I", (void *)next_id},
	{"fdById", "(II)I", (void *)fd_by_id},
	{"objectInfo", "(I[B)I", (void *)object_info},
	{"programInfo", "(I[B[B)I", (void *)program_info},
	{"enableStats", "(I)I", (void *)enable_stats},
	{"progLoad", "(II[B[B[B)I", (void *)prog_load},
	{"progBindMap", "(II)I", (void *)prog_bind_map},
	{"mapCreate", "(IIIII[B)I", (void *)map_create},
	{"mapFreeze", "(I)I", (void *)map_freeze},
	{"mapLookup", "(I" BUFFER BUFFER ")I", (void *)map_lookup},
	{"mapUpdate", "(I" BUFFER BUFFER "J)I", (void *)map_update},
	{"mapDelete", "(I" BUFFER ")I", (void *)map_delete},
	{"mapFirstKey", "(I" BUFFER ")I", (void *)map_first_key},
	{"mapNextKey", "(I" BUFFER BUFFER ")I", (void *)map_next_key},
	{"mapBatch", "(IIZ" BUFFER BUFFER BUFFER "IJ)J", (void *)map_batch},
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
	JNIEnv *env;
	jclass type;

	(void)reserved;
	if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) != JNI_OK)
		return JNI_ERR;
	type = (*env)->FindClass(env, "io/bpfchain/kernel/Native");
	if (!type || (*env)->RegisterNatives(env, type, METHODS, sizeof(METHODS) / sizeof(METHODS[0])) != JNI_OK)
		return JNI_ERR;
	return JNI_VERSION_10;
}
