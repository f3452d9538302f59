package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.ListedEntry;
import java.util.List;
import java.util.function.Function;

/** Makes JSON trees. */
final class Nodes {
    private Nodes() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static <T> ArrayNode array(List<T> values, Function<T, JsonNode> each) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(v -> array.add(each.apply(v)));
        return array;
    }

    /** Sentences, which machines find under one name only. */
    static ArrayNode messages(List<String> sentences) {
        return array(sentences, s -> object().put("message", s));
    }

    static ArrayNode strings(List<String> values) {
        return array(values, JsonNodeFactory.instance::textNode);
    }

    /** Of a list, for machines. */
    static ObjectNode entry(ListedEntry entry) {
        return switch (entry) {
            case ListedEntry.Ours ours -> {
                ObjectNode node = object().put("owner", "bpfchain")
                        .put("chain", ours.chain())
                        .put("program", ours.program())
                        .put("version", ours.version());
                ours.id().ifPresent(id -> node.put("id", id));
                yield node;
            }
            case ListedEntry.Foreign foreign ->
                object().put("owner", "foreign").put("id", foreign.id()).put("name", foreign.name());
            case ListedEntry.Unreadable unreadable ->
                object().put("owner", "unknown").put("error", unreadable.error());
        };
    }

    /** A value in a form that a chain file may have: numbers beyond 64 bits with a sign are text there. */
    static JsonNode readable(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> {
                ObjectNode object = object();
                value.properties().forEach(f -> object.set(f.getKey(), readable(f.getValue())));
                yield object;
            }
            case ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                value.forEach(v -> array.add(readable(v)));
                yield array;
            }
            case NUMBER ->
                value.isIntegralNumber() && !value.canConvertToLong()
                        ? JsonNodeFactory.instance.textNode(value.asText())
                        : value;
            case STRING, BOOLEAN, NULL, BINARY, MISSING, POJO -> value;
        };
    }
}
