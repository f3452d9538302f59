// SPDX-License-Identifier: Apache-2.0
#include "references.h"

#include <gelf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#define MAPS_SECTION ".maps"
#define NOT_FOUND ((size_t)-1)

enum kind { FUNCTION, MAP };

struct node {
	enum kind kind;
	const char *name;
	size_t section;
	uint64_t start;
	uint64_t end;
	bool undecided; /* refers to something that could not be found: counts as everything */
};

struct edge {
	size_t from;
	size_t to;
};

struct section {
	const char *name;
	GElf_Shdr header;
	Elf_Data *data;
	unsigned char *relocated; /* one byte for each instruction of an executable section */
};

struct references {
	Elf *elf;
	struct section *sections;
	size_t section_count;
	Elf_Data *symbols;
	size_t symbol_count;
	size_t string_section;
	struct node *nodes;
	size_t node_count;
	struct edge *edges;
	size_t edge_count;
	size_t edge_capacity;
};

static bool executable(const struct section *section)
{
	return section->header.sh_type == SHT_PROGBITS && (section->header.sh_flags & SHF_EXECINSTR);
}

static bool holds_data(const struct section *section)
{
	return strncmp(section->name, ".data", 5) == 0 || strncmp(section->name, ".rodata", 7) == 0 ||
	       strncmp(section->name, ".bss", 4) == 0;
}

static bool read_sections(struct references *refs)
{
	size_t names;
	Elf_Scn *scn = NULL;

	if (elf_getshdrnum(refs->elf, &refs->section_count) != 0 || elf_getshdrstrndx(refs->elf, &names) != 0)
		return false;
	refs->sections = calloc(refs->section_count + 1, sizeof(*refs->sections));
	if (!refs->sections)
		return false;
	for (size_t i = 0; i < refs->section_count; i++)
		refs->sections[i].name = "";
	while ((scn = elf_nextscn(refs->elf, scn))) {
		struct section *section = &refs->sections[elf_ndxscn(scn)];
		const char *name;

		if (!gelf_getshdr(scn, &section->header))
			return false;
		name = elf_strptr(refs->elf, names, section->header.sh_name);
		section->name = name ? name : "";
		section->data = elf_getdata(scn, NULL);
		if (section->header.sh_type == SHT_SYMTAB && section->data && section->header.sh_entsize) {
			refs->symbols = section->data;
			refs->symbol_count = section->data->d_size / section->header.sh_entsize;
			refs->string_section = section->header.sh_link;
		}
		if (executable(section) && section->data) {
			section->relocated = calloc(section->data->d_size / sizeof(struct bpf_insn) + 1, 1);
			if (!section->relocated)
				return false;
		}
	}
	return refs->symbols != NULL;
}

static void add_node(struct references *refs, enum kind kind, const char *name, size_t section, uint64_t start, uint64_t size)
{
	refs->nodes[refs->node_count++] = (struct node){
		.kind = kind,
		.name = name ? name : "",
		.section = section,
		.start = start,
		.end = start + size,
	};
}

static int by_place(const void *left, const void *right)
{
	const struct node *a = left, *b = right;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static bool read_nodes(struct references *refs)
{
	refs->nodes = calloc(refs->symbol_count + refs->section_count + 1, sizeof(*refs->nodes));
	if (!refs->nodes)
		return false;
	for (size_t i = 0; i < refs->symbol_count; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(refs->symbols, (int)i, &symbol) || symbol.st_shndx >= refs->section_count)
			continue;
		name = elf_strptr(refs->elf, refs->string_section, symbol.st_name);
		if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC && executable(&refs->sections[symbol.st_shndx]))
			add_node(refs, FUNCTION, name, symbol.st_shndx, symbol.st_value, symbol.st_size);
		else if (GELF_ST_TYPE(symbol.st_info) == STT_OBJECT &&
			 strcmp(refs->sections[symbol.st_shndx].name, MAPS_SECTION) == 0)
			add_node(refs, MAP, name, symbol.st_shndx, symbol.st_value, symbol.st_size);
	}
	for (size_t i = 1; i < refs->section_count; i++)
		if (holds_data(&refs->sections[i]))
			add_node(refs, MAP, refs->sections[i].name, i, 0, refs->sections[i].header.sh_size);
	/* Variables of the kernel's configuration are undefined symbols: section 0. */
	add_node(refs, MAP, ".kconfig", SHN_UNDEF, 0, 0);
	qsort(refs->nodes, refs->node_count, sizeof(*refs->nodes), by_place);
	return true;
}

/* The node that covers this place; a node without a size covers its start. */
static size_t node_at(const struct references *refs, size_t section, uint64_t offset)
{
	size_t low = 0, high = refs->node_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct node *node = &refs->nodes[middle];

		if (node->section < section || (node->section == section && node->start <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NOT_FOUND;
	const struct node *node = &refs->nodes[low - 1];
	if (node->section != section || (offset >= node->end && offset != node->start))
		return NOT_FOUND;
	return low - 1;
}

static bool add_edge(struct references *refs, size_t from, size_t to)
{
	if (to == NOT_FOUND) {
		refs->nodes[from].undecided = true;
		return true;
	}
	if (refs->edge_count == refs->edge_capacity) {
		size_t capacity = refs->edge_capacity ? refs->edge_capacity * 2 : 64;
		struct edge *edges = reallocarray(refs->edges, capacity, sizeof(*edges));
		if (!edges)
			return false;
		refs->edges = edges;
		refs->edge_capacity = capacity;
	}
	refs->edges[refs->edge_count++] = (struct edge){.from = from, .to = to};
	return true;
}

static bool instruction_at(const struct section *section, uint64_t offset, struct bpf_insn *insn)
{
	if (!section->data || !section->data->d_buf || offset % sizeof(*insn) ||
	    offset > section->data->d_size || section->data->d_size - offset < sizeof(*insn))
		return false;
	memcpy(insn, (const char *)section->data->d_buf + offset, sizeof(*insn));
	return true;
}

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

static bool is_function_address(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW) && insn->src_reg == BPF_PSEUDO_FUNC;
}

/* What a relocated place means: symbols of sections carry the rest of the address in the instruction. */
static size_t target_of(const struct references *refs, const struct section *section, uint64_t offset, const GElf_Sym *symbol)
{
	uint64_t address = symbol->st_value;
	struct bpf_insn insn;

	if (symbol->st_shndx == SHN_UNDEF)
		return node_at(refs, SHN_UNDEF, 0);
	if (symbol->st_shndx >= refs->section_count)
		return NOT_FOUND;
	if (holds_data(&refs->sections[symbol->st_shndx]))
		return node_at(refs, symbol->st_shndx, 0);
	if (executable(&refs->sections[symbol->st_shndx]) && executable(section) &&
	    GELF_ST_TYPE(symbol->st_info) == STT_SECTION) {
		if (!instruction_at(section, offset, &insn))
			return NOT_FOUND;
		address += is_call(&insn) ? ((uint64_t)(int64_t)insn.imm + 1) * sizeof(insn) : (uint64_t)(int64_t)insn.imm;
	}
	return node_at(refs, symbol->st_shndx, address);
}

static bool read_relocations(struct references *refs, const struct section *relocations)
{
	struct section *section;
	size_t index = relocations->header.sh_info, count;

	if (relocations->header.sh_type != SHT_REL || !relocations->data || !relocations->header.sh_entsize ||
	    index == 0 || index >= refs->section_count)
		return true;
	section = &refs->sections[index];
	if (!executable(section) && strcmp(section->name, MAPS_SECTION) != 0)
		return true;
	count = relocations->data->d_size / relocations->header.sh_entsize;
	for (size_t i = 0; i < count; i++) {
		GElf_Rel relocation;
		GElf_Sym symbol;
		size_t from;

		if (!gelf_getrel(relocations->data, (int)i, &relocation))
			return true;
		if (section->relocated && section->data && relocation.r_offset < section->data->d_size)
			section->relocated[relocation.r_offset / sizeof(struct bpf_insn)] = 1;
		from = node_at(refs, index, relocation.r_offset);
		if (from == NOT_FOUND)
			continue;
		if (!gelf_getsym(refs->symbols, (int)GELF_R_SYM(relocation.r_info), &symbol)) {
			refs->nodes[from].undecided = true;
			continue;
		}
		if (!add_edge(refs, from, target_of(refs, section, relocation.r_offset, &symbol)))
			return false;
	}
	return true;
}

/* Calls and addresses of functions inside one section have no relocation. */
static bool read_local_calls(struct references *refs, size_t index)
{
	const struct section *section = &refs->sections[index];
	struct bpf_insn insn;

	if (!section->relocated)
		return true;
	for (uint64_t offset = 0; instruction_at(section, offset, &insn); offset += sizeof(insn)) {
		size_t from;

		if (section->relocated[offset / sizeof(insn)] || (!is_call(&insn) && !is_function_address(&insn)))
			continue;
		from = node_at(refs, index, offset);
		if (from != NOT_FOUND &&
		    !add_edge(refs, from, node_at(refs, index, offset + ((uint64_t)(int64_t)insn.imm + 1) * sizeof(insn))))
			return false;
	}
	return true;
}

static int by_origin(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	return a->from < b->from ? -1 : a->from > b->from;
}

struct references *find_references(const struct bytes *bytes)
{
	struct references *refs = calloc(1, sizeof(*refs));
	bool done;

	if (!refs)
		return NULL;
	elf_version(EV_CURRENT);
	refs->elf = elf_memory(bytes->data, bytes->length);
	done = refs->elf && read_sections(refs) && read_nodes(refs);
	for (size_t i = 1; done && i < refs->section_count; i++)
		done = read_relocations(refs, &refs->sections[i]);
	for (size_t i = 1; done && i < refs->section_count; i++)
		done = read_local_calls(refs, i);
	if (!done) {
		free_references(refs);
		return NULL;
	}
	if (refs->edge_count)
		qsort(refs->edges, refs->edge_count, sizeof(*refs->edges), by_origin);
	return refs;
}

void free_references(struct references *refs)
{
	if (!refs)
		return;
	for (size_t i = 0; refs->sections && i < refs->section_count; i++)
		free(refs->sections[i].relocated);
	free(refs->sections);
	free(refs->nodes);
	free(refs->edges);
	elf_end(refs->elf);
	free(refs);
}

static size_t first_edge(const struct references *refs, size_t from)
{
	size_t low = 0, high = refs->edge_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (refs->edges[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t named(const struct references *refs, enum kind kind, const char *name)
{
	for (size_t i = 0; i < refs->node_count; i++)
		if (refs->nodes[i].kind == kind && strcmp(refs->nodes[i].name, name) == 0 &&
		    (kind == MAP || strcmp(refs->sections[refs->nodes[i].section].name, ".text") != 0))
			return i;
	return NOT_FOUND;
}

unsigned char *reach(const struct references *refs, const char *program)
{
	unsigned char *reached = calloc(refs->node_count + 1, 1);
	size_t *waiting = calloc(refs->node_count + 1, sizeof(*waiting));
	size_t count = 0, start = named(refs, FUNCTION, program);

	if (!reached || !waiting) {
		free(reached);
		free(waiting);
		return NULL;
	}
	if (start == NOT_FOUND) {
		memset(reached, 1, refs->node_count);
	} else {
		reached[start] = 1;
		waiting[count++] = start;
	}
	while (count > 0) {
		size_t node = waiting[--count];

		if (refs->nodes[node].undecided) {
			memset(reached, 1, refs->node_count);
			break;
		}
		for (size_t i = first_edge(refs, node); i < refs->edge_count && refs->edges[i].from == node; i++) {
			size_t to = refs->edges[i].to;

			if (!reached[to]) {
				reached[to] = 1;
				waiting[count++] = to;
			}
		}
	}
	free(waiting);
	return reached;
}

bool reaches_map(const struct references *refs, const unsigned char *reached, const char *map)
{
	size_t node = named(refs, MAP, map);

	return node == NOT_FOUND || reached[node];
}

bool has_static_values(const struct references *refs, const char *map)
{
	size_t node = named(refs, MAP, map), edge;

	if (node == NOT_FOUND)
		return false;
	edge = first_edge(refs, node);
	return refs->nodes[node].undecided || (edge < refs->edge_count && refs->edges[edge].from == node);
}

bool is_static_value(const struct references *refs, const char *map, const char *function)
{
	size_t node = named(refs, MAP, map);

	if (node == NOT_FOUND)
		return false;
	for (size_t i = first_edge(refs, node); i < refs->edge_count && refs->edges[i].from == node; i++) {
		const struct node *to = &refs->nodes[refs->edges[i].to];

		if (to->kind == FUNCTION && strcmp(to->name, function) == 0)
			return true;
	}
	return false;
}

static const struct section *section_named(const struct references *refs, const char *name)
{
	for (size_t i = 1; i < refs->section_count; i++)
		if (strcmp(refs->sections[i].name, name) == 0)
			return &refs->sections[i];
	return NULL;
}

void read_license(const struct references *refs, char license[LICENSE_SIZE])
{
	const struct section *section = section_named(refs, "license");
	size_t length = 0;

	memset(license, 0, LICENSE_SIZE);
	if (section && section->data && section->data->d_buf)
		length = section->data->d_size;
	if (length > LICENSE_SIZE - 1)
		length = LICENSE_SIZE - 1;
	if (length)
		memcpy(license, section->data->d_buf, length);
}

bool has_section(const struct references *refs, const char *name)
{
	return section_named(refs, name) != NULL;
}
