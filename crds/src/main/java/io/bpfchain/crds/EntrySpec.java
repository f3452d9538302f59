package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.generator.annotation.Required;

/** One declared map entry; key and value are typed by the object's BTF. Numbers are long or double nodes. */
public record EntrySpec(
        @Required
        @JsonPropertyDescription(
                "Typed by the object's BTF: a number, an address or a network as text, a list or an object for a struct.")
        JsonNode key,

        @Required
        @JsonPropertyDescription("Typed by the object's BTF, like the key. For per-CPU maps the value on every CPU.")
        JsonNode value) {
    public EntrySpec {
        key = FreeForm.normalised(key);
        value = FreeForm.normalised(value);
    }
}
