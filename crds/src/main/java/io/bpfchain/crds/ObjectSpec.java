package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a chain loads: a source, globals and maps.
 *
 * @param globals sorted by name; numbers are long or double nodes
 */
@SchemaCustomizer(value = SchemaDetails.class, input = "globals=max:256; maps=map")
public record ObjectSpec(
        @Required
        @Size(max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("The name by which the programs of the chain refer to this object.")
        String name,

        @Required @JsonPropertyDescription("Where the bytes of the ELF object come from.")
        SourceSpec source,

        @JsonPropertyDescription(
                "Values of const volatile globals (.rodata) by name, set before the object is loaded and typed by its BTF: numbers,"
                        + " booleans, text for char arrays, addresses and networks, lists for arrays, objects for structs."
                        + " Globals of .data and .bss, unknown names, wrong types and values out of range are refused by name."
                        + " A changed value is a new version of the object's programs.")
        Map<String, JsonNode> globals,

        @Size(max = 64)
        @JsonPropertyDescription("Choices for maps of the object, by name; maps that are not listed have the defaults.")
        List<MapSpec> maps) {
    public ObjectSpec {
        Objects.requireNonNull(name);
        Objects.requireNonNull(source);
        Map<String, JsonNode> sorted = new TreeMap<>();
        Objects.requireNonNullElse(globals, Map.<String, JsonNode>of())
                .forEach((n, v) -> sorted.put(n, FreeForm.normalised(v)));
        globals = Collections.unmodifiableMap(sorted);
        maps = List.copyOf(Objects.requireNonNullElse(maps, List.of()));
    }
}
