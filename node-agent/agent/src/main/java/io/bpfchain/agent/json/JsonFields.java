package io.bpfchain.agent.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The fields of a JSON object that is being read. Each is taken once, and must be there and of the type that it is taken as; one that
 * nobody took is refused. Problems are IllegalArgumentExceptions that name the field.
 */
public final class JsonFields {
    private final ObjectNode left;

    JsonFields(ObjectNode object) {
        this.left = object;
    }

    public String text(String field) {
        return take(field, "text", JsonNode::isTextual).textValue();
    }

    /** Empty also where the field is null. */
    public Optional<String> optionalText(String field) {
        return left.path(field).isNull() || left.path(field).isMissingNode()
                ? dropped(field)
                : Optional.of(text(field));
    }

    private <T> Optional<T> dropped(String field) {
        left.remove(field);
        return Optional.empty();
    }

    public int integer(String field) {
        return take(field, "an integer of 32 bits", n -> n.isIntegralNumber() && n.canConvertToInt())
                .intValue();
    }

    public long longInteger(String field) {
        return take(field, "an integer of 64 bits", n -> n.isIntegralNumber() && n.canConvertToLong())
                .longValue();
    }

    public boolean truth(String field) {
        return take(field, "true or false", JsonNode::isBoolean).booleanValue();
    }

    /** A time as {@link Instant#toString()} writes it. */
    public Instant instant(String field) {
        String text = text(field);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(field + " is no time: " + text, e);
        }
    }

    /** Empty also where the field is null. */
    public Optional<Instant> optionalInstant(String field) {
        return left.path(field).isNull() || left.path(field).isMissingNode()
                ? dropped(field)
                : Optional.of(instant(field));
    }

    /** Bytes in Base64, as {@link JsonGenerator#writeBinaryField} writes them. */
    public byte[] bytes(String field) {
        return Base64.getDecoder().decode(text(field));
    }

    public <E extends Enum<E>> E choice(String field, Class<E> type) {
        return Enum.valueOf(type, text(field));
    }

    /** Any value. */
    public JsonNode value(String field) {
        return take(field, "a value", n -> true);
    }

    public List<String> texts(String field) {
        return list(field, n -> text(field, n));
    }

    /** A list of objects of one form. */
    public <T> List<T> objects(String field, JsonForm<T> form) {
        return list(field, form::read);
    }

    /** An object whose fields are names of texts. */
    public Map<String, String> textsByName(String field) {
        Map<String, String> texts = new TreeMap<>();
        take(field, "an object", JsonNode::isObject)
                .properties()
                .forEach(p -> texts.put(p.getKey(), text(field, p.getValue())));
        return texts;
    }

    private <T> List<T> list(String field, Function<JsonNode, T> item) {
        JsonNode array = take(field, "a list", JsonNode::isArray);
        List<T> items = new ArrayList<>(array.size());
        array.forEach(n -> items.add(item.apply(n)));
        return items;
    }

    private static String text(String field, JsonNode value) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException(field + " has something that is no text");
        }
        return value.textValue();
    }

    private JsonNode take(String field, String what, Predicate<JsonNode> is) {
        JsonNode value = left.remove(field);
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        if (!is.test(value)) {
            throw new IllegalArgumentException(field + " is not " + what);
        }
        return value;
    }

    /** Nothing is left. */
    void end() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown field " + left.fieldNames().next());
        }
    }
}
