package io.bpfchain.crds.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a structural schema ({@code openAPIV3Schema}) that the CRD uses.
 *
 * @param type empty where any value is allowed
 * @param properties in the order of the CRD
 * @param others the schema of properties that are not named; null where there are none
 * @param listMapKey the key of a list-map; null for other lists
 */
record SchemaNode(
        String type,
        Map<String, SchemaNode> properties,
        List<String> required,
        @Nullable SchemaNode others,
        @Nullable SchemaNode items,
        List<String> values,
        @Nullable Pattern pattern,
        Map<Limit, Long> limits,
        @Nullable String listMapKey,
        List<Validation> validations) {

    /** The type of a value that is an integer or a text ({@code x-kubernetes-int-or-string}). */
    static final String INT_OR_STRING = "int-or-string";

    /** A CEL rule: what it says, and below which field. */
    record Validation(String message, String fieldPath) {}

    /** The limits of sizes and values. */
    enum Limit {
        minimum,
        maximum,
        minLength,
        maxLength,
        minItems,
        maxItems,
        maxProperties
    }

    OptionalLong limit(Limit limit) {
        Long value = limits.get(limit);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Reads a schema from the tree of a CRD. */
    static SchemaNode of(Tree.Mapping schema) {
        Map<String, SchemaNode> properties = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Tree.Mapping named) {
            named.fields().forEach(f -> properties.put(f.key(), of((Tree.Mapping) f.value())));
        }
        Map<Limit, Long> limits = new LinkedHashMap<>();
        for (Limit limit : Limit.values()) {
            String value = schema.text(limit.name());
            if (value != null) {
                limits.put(limit, (long) Double.parseDouble(value));
            }
        }
        String pattern = schema.text("pattern");
        List<String> keys = texts(schema, "x-kubernetes-list-map-keys");
        String type = "true".equals(schema.text("x-kubernetes-int-or-string")) ? INT_OR_STRING : schema.text("type");
        return new SchemaNode(
                type == null ? "" : type,
                properties,
                texts(schema, "required"),
                schema.get("additionalProperties") instanceof Tree.Mapping m ? of(m) : null,
                schema.get("items") instanceof Tree.Mapping m ? of(m) : null,
                texts(schema, "enum"),
                pattern == null ? null : Pattern.compile(pattern),
                limits,
                keys.isEmpty() ? null : keys.getFirst(),
                schema.mappings("x-kubernetes-validations").stream()
                        .map(v -> new Validation(orEmpty(v.text("message")), orEmpty(v.text("fieldPath"))))
                        .toList());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static List<String> texts(Tree.Mapping mapping, String key) {
        return mapping.get(key) instanceof Tree.Sequence list
                ? list.items().stream().map(i -> ((Tree.Scalar) i).text()).toList()
                : List.of();
    }
}
