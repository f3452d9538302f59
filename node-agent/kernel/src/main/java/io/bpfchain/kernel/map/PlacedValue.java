package io.bpfchain.kernel.map;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/**
 * A declared entry as its author wrote it.
 *
 * @param place where, for messages: {@code list.txt:12}, {@code objects[0].maps[1].entries[3]}
 */
public record PlacedValue(JsonNode key, JsonNode value, String place) {
    public PlacedValue {
        Objects.requireNonNull(key);
        Objects.requireNonNull(value);
        Objects.requireNonNull(place);
    }
}
