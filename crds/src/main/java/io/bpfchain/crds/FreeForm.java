package io.bpfchain.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** Values that the API leaves to the BTF of an object. */
final class FreeForm {
    /** Up to here every integer is a double. */
    private static final double EXACT = 0x1p53;

    private FreeForm() {}

    /** A copy in which equal numbers are equal nodes: integers that fit into 64 bits are long nodes, all others double nodes. */
    static JsonNode normalised(JsonNode value) {
        Objects.requireNonNull(value);
        if (value instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(p -> copy.set(p.getKey(), normalised(p.getValue())));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(item -> copy.add(normalised(item)));
            return copy;
        }
        return value.isNumber() ? number(value) : value;
    }

    private static JsonNode number(JsonNode value) {
        if (value.isIntegralNumber()) {
            if (!value.canConvertToLong()) {
                throw new IllegalArgumentException(value + " does not fit into 64 bits");
            }
            return LongNode.valueOf(value.longValue());
        }
        double number = value.doubleValue();
        boolean whole = number == Math.rint(number) && Math.abs(number) <= EXACT;
        return whole ? LongNode.valueOf((long) number) : DoubleNode.valueOf(number);
    }
}
