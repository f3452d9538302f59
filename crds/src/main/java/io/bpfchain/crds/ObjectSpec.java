package io.bpfchain.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** What a chain loads: a source, globals and maps. */
public record ObjectSpec(String name, SourceSpec source, Map<String, JsonNode> globals, List<MapSpec> maps) {}
