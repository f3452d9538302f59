package io.bpfchain.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The contents of a map. */
public sealed interface MapDump {
    /** Typed by BTF where there is BTF, otherwise hex strings; per-CPU values are arrays. */
    record Contents(String chain, String map, String type, List<Item> items) implements MapDump {
        public Contents {
            items = List.copyOf(items);
        }
    }

    record Item(JsonNode key, JsonNode value) {}

    record Unavailable(ApplyOutcome.Problem problem) implements MapDump {}
}
