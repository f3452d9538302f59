package io.bpfchain.crds.file;

import io.bpfchain.crds.docs.Markdown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the reference of the API from the CRDs: for each kind its columns, and for each object of its schema a table of fields and the
 * rules that hold for it. Everything that is said comes from a CRD. Pure.
 */
final class ApiReference {
    private static final String INTRODUCTION = """
            # API reference

            Written by `make format` from the definitions in [`crds/`](../crds/), and the build fails where it differs from them. [Chain files](chain-files.md) says how a
            file is read, [concepts](concepts.md) what the words mean.
            """;

    private final StringBuilder out = new StringBuilder();
    private final String kind;

    private ApiReference(String kind) {
        this.kind = kind;
    }

    /** The page about these CRDs, in their order. */
    static String of(List<Tree.Mapping> crds) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        crds.forEach(crd -> page.append(kind(crd)));
        return page.toString();
    }

    private static String kind(Tree.Mapping crd) {
        Tree.Mapping spec = mapping(crd, "spec");
        Tree.Mapping names = mapping(spec, "names");
        Tree.Mapping version = spec.mappings("versions").getFirst();
        ApiReference reference = new ApiReference(text(names, "kind"));
        reference.heading(spec, names, version);
        reference.object(mapping(mapping(version, "schema"), "openAPIV3Schema"), "");
        return reference.out.toString();
    }

    private void heading(Tree.Mapping spec, Tree.Mapping names, Tree.Mapping version) {
        out.append("\n## ").append(kind).append("\n\n");
        out.append("`apiVersion: %s/%s`, `kind: %s`; %s-scoped; `kubectl get %s` or `%s`.%n"
                .formatted(
                        text(spec, "group"),
                        text(version, "name"),
                        kind,
                        text(spec, "scope").toLowerCase(Locale.ROOT),
                        text(names, "plural"),
                        String.join("`, `", texts(names, "shortNames"))));
        out.append("\n| column | from | |\n|---|---|---|\n");
        for (Tree.Mapping column : version.mappings("additionalPrinterColumns")) {
            String wide = "0".equals(column.text("priority")) ? "" : "with `-o wide`";
            out.append("| %s | `%s` | %s |%n"
                    .formatted(text(column, "name"), text(column, "jsonPath").substring(1), wide));
        }
    }

    /** A section about an object, and those about the objects in it. */
    private void object(Tree.Mapping schema, String path) {
        out.append("\n### ").append(title(path)).append("\n\n");
        if (!path.isEmpty()) {
            out.append(prose(schema)).append("\n\n");
        }
        out.append("| field | type | default | |\n|---|---|---|---|\n");
        List<String> required = texts(schema, "required");
        for (Tree.Field field : fields(schema)) {
            Tree.Mapping value = (Tree.Mapping) field.value();
            out.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            field.key(),
                            type(value, below(path, field.key())),
                            required.contains(field.key()) ? "**required**" : standard(value),
                            description(value)));
        }
        rules(schema);
        for (Tree.Field field : fields(schema)) {
            Tree.Mapping value = (Tree.Mapping) field.value();
            if (!fields(value).isEmpty()) {
                object(value, below(path, field.key()));
            } else if (value.get("items") instanceof Tree.Mapping items
                    && !fields(items).isEmpty()) {
                object(items, below(path, field.key()) + "[]");
            }
        }
    }

    private void rules(Tree.Mapping schema) {
        List<Tree.Mapping> rules = schema.mappings("x-kubernetes-validations");
        if (!rules.isEmpty()) {
            out.append("\nRules:\n");
        }
        for (Tree.Mapping rule : rules) {
            String field = rule.text("fieldPath");
            out.append("- %s%s  %n  `%s`%n"
                    .formatted(
                            field == null ? "" : "`" + field.substring(1) + "` ",
                            escaped(text(rule, "message")),
                            text(rule, "rule")));
        }
    }

    private String title(String path) {
        return path.isEmpty() ? kind + " itself" : kind + ": " + path;
    }

    /** The anchor of a title, as GitHub makes it. */
    private String anchor(String path) {
        return "#" + Markdown.anchor(title(path));
    }

    private String type(Tree.Mapping schema, String path) {
        if (schema.get("items") instanceof Tree.Mapping items) {
            return fields(items).isEmpty()
                    ? "list of " + items.text("type") + "s"
                    : "[list of objects](%s)".formatted(anchor(path + "[]"));
        }
        if (schema.get("additionalProperties") instanceof Tree.Mapping values) {
            return "map of " + values.text("type") + "s";
        }
        if (!fields(schema).isEmpty()) {
            return "[object](%s)".formatted(anchor(path));
        }
        String type = schema.text("type");
        return isTrue(schema, "x-kubernetes-int-or-string") ? "integer or string" : type == null ? "any" : type;
    }

    private static String standard(Tree.Mapping schema) {
        Tree value = schema.get("default");
        return value == null ? "" : "`" + inline(value) + "`";
    }

    private static String inline(Tree value) {
        return switch (value) {
            case Tree.Scalar scalar -> scalar.text();
            case Tree.Mapping mapping ->
                mapping.fields().stream()
                        .map(f -> f.key() + ": " + inline(f.value()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Tree.Sequence list ->
                list.items().stream().map(ApiReference::inline).collect(Collectors.joining(", ", "[", "]"));
            case Tree.Refused refused -> throw new IllegalArgumentException(refused.message());
        };
    }

    private static String prose(Tree.Mapping schema) {
        String text = schema.text("description");
        return text == null ? "Each of them:" : escaped(text);
    }

    /** What a field does, and what it accepts. */
    private static String description(Tree.Mapping schema) {
        StringJoiner out = new StringJoiner(" ");
        out.add(escaped(text(schema, "description")));
        List<String> values = texts(schema, "enum");
        if (!values.isEmpty()) {
            out.add("One of `" + String.join("`, `", values) + "`.");
        }
        limits(out, schema, "minLength", "maxLength", "characters");
        limits(out, schema, "minItems", "maxItems", "items");
        limits(out, schema, "minProperties", "maxProperties", "keys");
        limits(out, schema, "minimum", "maximum", "");
        String pattern = schema.text("pattern");
        if (pattern != null) {
            out.add("Matches `" + pattern.replace("|", "\\|") + "`.");
        }
        if (schema.get("items") instanceof Tree.Mapping items && items.text("pattern") != null) {
            out.add("Each matches `" + text(items, "pattern").replace("|", "\\|") + "`.");
        }
        list(out, schema);
        return out.toString();
    }

    private static void list(StringJoiner out, Tree.Mapping schema) {
        String type = schema.text("x-kubernetes-list-type");
        if ("map".equals(type)) {
            out.add("A list-map by `" + String.join("`, `", texts(schema, "x-kubernetes-list-map-keys"))
                    + "`: several owners may hold items of it.");
        } else if ("atomic".equals(type)) {
            out.add("An atomic list: it has one owner.");
        }
    }

    private static void limits(StringJoiner out, Tree.Mapping schema, String least, String most, String unit) {
        @Nullable String low = number(schema, least);
        @Nullable String high = number(schema, most);
        if (low != null && high != null) {
            out.add((low + " to " + high + " " + unit).strip() + ".");
        } else if (low != null) {
            out.add(("At least " + low + " " + unit).strip() + ".");
        } else if (high != null) {
            out.add(("At most " + high + " " + unit).strip() + ".");
        }
    }

    private static @Nullable String number(Tree.Mapping schema, String key) {
        String value = schema.text(key);
        return value == null ? null : String.valueOf((long) Double.parseDouble(value));
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
    }

    private static String below(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static List<Tree.Field> fields(Tree.Mapping schema) {
        return schema.get("properties") instanceof Tree.Mapping properties ? properties.fields() : List.of();
    }

    private static List<String> texts(Tree.Mapping mapping, String key) {
        List<String> texts = new ArrayList<>();
        if (mapping.get(key) instanceof Tree.Sequence list) {
            list.items().forEach(i -> texts.add(((Tree.Scalar) i).text()));
        }
        return texts;
    }

    private static boolean isTrue(Tree.Mapping mapping, String key) {
        return "true".equals(mapping.text(key));
    }

    private static String text(Tree.Mapping mapping, String key) {
        return Objects.requireNonNull(mapping.text(key), key);
    }

    private static Tree.Mapping mapping(Tree.Mapping mapping, String key) {
        return (Tree.Mapping) Objects.requireNonNull(mapping.get(key), key);
    }
}
