package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A YAML or JSON document as it was written, with the line (1-based) of every part. */
sealed interface Tree {
    int line();

    /** The same tree as YAML that was written on one line would give. */
    static Tree of(JsonNode json) {
        return switch (json) {
            case ObjectNode object -> {
                List<Field> fields = new ArrayList<>(object.size());
                object.properties().forEach(p -> fields.add(new Field(p.getKey(), 1, of(p.getValue()))));
                yield new Mapping(1, fields);
            }
            case ArrayNode array -> {
                List<Tree> items = new ArrayList<>(array.size());
                array.forEach(item -> items.add(of(item)));
                yield new Sequence(1, items);
            }
            default -> new Scalar(1, json.asText(), !json.isTextual());
        };
    }

    /** Keys are unique. */
    record Mapping(int line, List<Field> fields) implements Tree {
        public Mapping {
            fields = List.copyOf(fields);
        }

        /** The value of a key, or null where the key is not there. */
        @Nullable
        Tree get(String key) {
            Field field = field(key);
            return field == null ? null : field.value();
        }

        @Nullable
        Field field(String key) {
            for (Field field : fields) {
                if (field.key().equals(key)) {
                    return field;
                }
            }
            return null;
        }

        /** The text of a key's scalar, or null where the key is not there or is no scalar. */
        @Nullable
        String text(String key) {
            return get(key) instanceof Scalar scalar ? scalar.text() : null;
        }

        /** The mappings in a key's list; empty where there is none. */
        List<Mapping> mappings(String key) {
            return get(key) instanceof Sequence list
                    ? list.items().stream()
                            .filter(Mapping.class::isInstance)
                            .map(Mapping.class::cast)
                            .toList()
                    : List.of();
        }
    }

    /** One key and its value. */
    record Field(String key, int line, Tree value) {}

    record Sequence(int line, List<Tree> items) implements Tree {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * Something that YAML allows and a chain file does not, or not so deep.
     *
     * @param message why, and what to write instead
     */
    record Refused(int line, String message) implements Tree {}

    /**
     * A scalar.
     *
     * @param plain whether it was written without quotes, so that its text decides its type
     */
    record Scalar(int line, String text, boolean plain) implements Tree {
        ScalarValue value() {
            return plain ? ScalarValue.ofPlain(text) : new ScalarValue.Text(text);
        }
    }
}
