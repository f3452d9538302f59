package io.bpfchain.crds;

import com.fasterxml.jackson.databind.JsonNode;

/** One declared map entry; key and value are typed by the object's BTF. */
public record EntrySpec(JsonNode key, JsonNode value) {}
