package io.bpfchain.crds.file;

import io.bpfchain.crds.file.SchemaNode.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Checks a tree against a schema and its rules, in the API server's words (apiextensions-apiserver,
 * {@code pkg/apiserver/validation}, and kube-openapi, {@code pkg/validation/errors}).
 */
final class SchemaCheck {
    private final List<Problem> problems = new ArrayList<>();

    private SchemaCheck() {}

    /** Everything that is wrong with the value at a path. */
    static List<Problem> check(Tree value, SchemaNode schema, String path) {
        SchemaCheck check = new SchemaCheck();
        check.value(value, schema, path);
        return check.problems;
    }

    private void value(Tree value, SchemaNode schema, String path) {
        if (value instanceof Tree.Refused refused) {
            add(value, path, refused.message());
            return;
        }
        if (value instanceof Tree.Scalar scalar) {
            switch (scalar.value()) {
                case ScalarValue.Null() -> {
                    add(value, path, "null is not a value: write one, or leave the field out");
                    return;
                }
                case ScalarValue.Refused refused -> {
                    add(value, path, refused.message());
                    return;
                }
                case ScalarValue.Bool b -> {}
                case ScalarValue.Int i -> {}
                case ScalarValue.Fraction f -> {}
                case ScalarValue.Text t -> {}
            }
        }
        if (schema.type().isEmpty()) {
            freeForm(value, schema, path);
            return;
        }
        String actual = type(value);
        boolean either =
                schema.type().equals(SchemaNode.INT_OR_STRING) && (actual.equals("integer") || actual.equals("string"));
        if (!either && !actual.equals(schema.type())) {
            add(
                    value,
                    path,
                    "Invalid value: \"%s\": %s in body must be of type %s: \"%s\""
                            .formatted(actual, path, schema.type(), actual));
            return;
        }
        switch (value) {
            case Tree.Mapping mapping -> mapping(mapping, schema, path);
            case Tree.Sequence sequence -> sequence(sequence, schema, path);
            case Tree.Scalar scalar -> scalar(scalar, schema, path);
            case Tree.Refused refused -> {}
        }
    }

    private void freeForm(Tree value, SchemaNode schema, String path) {
        switch (value) {
            case Tree.Mapping mapping -> mapping.fields().forEach(f -> value(f.value(), schema, path + "." + f.key()));
            case Tree.Sequence sequence -> {
                int index = 0;
                for (Tree item : sequence.items()) {
                    value(item, schema, path + "[" + index++ + "]");
                }
            }
            case Tree.Scalar scalar -> {}
            case Tree.Refused refused -> {}
        }
    }

    private void mapping(Tree.Mapping mapping, SchemaNode schema, String path) {
        for (String required : schema.required()) {
            if (mapping.get(required) == null) {
                add(mapping, below(path, required), "Required value");
            }
        }
        OptionalInt most = toInt(schema, Limit.maxProperties);
        if (most.isPresent() && mapping.fields().size() > most.getAsInt()) {
            add(mapping, path, tooMany(mapping.fields().size(), most.getAsInt()));
        }
        for (Tree.Field field : mapping.fields()) {
            String fieldPath = below(path, field.key());
            SchemaNode known = schema.properties().get(field.key());
            if (known == null) {
                known = schema.others();
            }
            if (known == null) {
                problems.add(new Problem(field.line(), fieldPath, "unknown field \"" + fieldPath + "\""));
            } else {
                value(field.value(), known, fieldPath);
            }
        }
        for (SchemaNode.Validation rule : schema.validations()) {
            RuleCheck.brokenAt(rule.message(), mapping)
                    .ifPresent(b -> problems.add(new Problem(
                            b.line(),
                            path + rule.fieldPath(),
                            "Invalid value: " + rule.message() + (b.what().isEmpty() ? "" : " (" + b.what() + ")"))));
        }
    }

    private void sequence(Tree.Sequence sequence, SchemaNode schema, String path) {
        int size = sequence.items().size();
        OptionalInt least = toInt(schema, Limit.minItems);
        if (least.isPresent() && size < least.getAsInt()) {
            add(
                    sequence,
                    path,
                    "Invalid value: %d: %s in body should have at least %d items"
                            .formatted(size, path, least.getAsInt()));
        }
        OptionalInt most = toInt(schema, Limit.maxItems);
        if (most.isPresent() && size > most.getAsInt()) {
            add(sequence, path, tooMany(size, most.getAsInt()));
        }
        SchemaNode items = schema.items();
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < size; i++) {
            Tree item = sequence.items().get(i);
            String itemPath = path + "[" + i + "]";
            if (items != null) {
                value(item, items, itemPath);
            }
            String key = schema.listMapKey();
            if (key != null && item instanceof Tree.Mapping mapping && mapping.get(key) instanceof Tree.Scalar name) {
                Integer first = seen.putIfAbsent(name.text(), name.line());
                if (first != null) {
                    add(
                            name,
                            itemPath,
                            "Duplicate value: {\"%s\":\"%s\"}, first in line %d"
                                    .formatted(key, quoted(name.text()), first));
                }
            }
        }
    }

    private void scalar(Tree.Scalar scalar, SchemaNode schema, String path) {
        switch (scalar.value()) {
            case ScalarValue.Text(String text) -> text(scalar, text, schema, path);
            case ScalarValue.Int(long number) -> {
                schema.limit(Limit.minimum).ifPresent(least -> {
                    if (number < least) {
                        add(
                                scalar,
                                path,
                                "Invalid value: %d: %s in body should be greater than or equal to %d"
                                        .formatted(number, path, least));
                    }
                });
                schema.limit(Limit.maximum).ifPresent(most -> {
                    if (number > most) {
                        add(
                                scalar,
                                path,
                                "Invalid value: %d: %s in body should be less than or equal to %d"
                                        .formatted(number, path, most));
                    }
                });
            }
            case ScalarValue.Bool b -> {}
            case ScalarValue.Fraction f -> {}
            case ScalarValue.Null n -> {}
            case ScalarValue.Refused r -> {}
        }
    }

    private void text(Tree.Scalar scalar, String text, SchemaNode schema, String path) {
        if (!schema.values().isEmpty() && !schema.values().contains(text)) {
            add(
                    scalar,
                    path,
                    "Unsupported value: \"%s\": supported values: %s%s"
                            .formatted(
                                    quoted(text),
                                    schema.values().stream()
                                            .map(v -> "\"" + v + "\"")
                                            .collect(Collectors.joining(", ")),
                                    text.equals("lsm_cgroup")
                                            ? " (lsm_cgroup has one list of programs for each LSM hook, so a cgroup and this type do not name a list)"
                                            : ""));
        }
        // Of what is wrong with the characters, the first is reported.
        int length = text.codePointCount(0, text.length());
        OptionalInt most = toInt(schema, Limit.maxLength);
        OptionalInt least = toInt(schema, Limit.minLength);
        if (most.isPresent() && length > most.getAsInt()) {
            add(scalar, path, "Too long: may not be more than " + most.getAsInt() + " bytes");
        } else if (least.isPresent() && length < least.getAsInt()) {
            add(
                    scalar,
                    path,
                    "Invalid value: \"%s\": %s in body should be at least %d chars long"
                            .formatted(quoted(text), path, least.getAsInt()));
        } else if (schema.pattern() != null && !schema.pattern().matcher(text).matches()) {
            // All patterns are anchored. Java's $ also stands before a line break at the end, RE2's does not: so the
            // whole
            // text counts.
            add(
                    scalar,
                    path,
                    "Invalid value: \"%s\": %s in body should match '%s'"
                            .formatted(quoted(text), path, schema.pattern()));
        }
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String type(Tree value) {
        return switch (value) {
            case Tree.Refused r -> "null";
            case Tree.Mapping m -> "object";
            case Tree.Sequence s -> "array";
            case Tree.Scalar scalar ->
                switch (scalar.value()) {
                    case ScalarValue.Null n -> "null";
                    case ScalarValue.Bool b -> "boolean";
                    case ScalarValue.Int i -> "integer";
                    case ScalarValue.Fraction(double f) -> f == Math.rint(f) ? "integer" : "number";
                    case ScalarValue.Text t -> "string";
                    case ScalarValue.Refused r -> "string";
                };
        };
    }

    private static OptionalInt toInt(SchemaNode schema, Limit limit) {
        return schema.limit(limit).stream().mapToInt(Math::toIntExact).findFirst();
    }

    private static String tooMany(int size, int most) {
        return "Too many: " + size + ": must have at most " + most + " items";
    }

    private static String below(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private void add(Tree at, String path, String message) {
        problems.add(new Problem(at.line(), path, message));
    }
}
