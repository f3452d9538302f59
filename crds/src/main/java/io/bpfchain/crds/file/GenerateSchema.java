package io.bpfchain.crds.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Writes what {@link SchemaNode} reads of the CRD, as JSON; used while this module is built, never at run time. A process that has just
 * started takes a sixth of a second to read the YAML of the CRD, most of it descriptions for people.
 */
final class GenerateSchema {
    /** Beside this class. */
    static final String FILE = "chain-schema.json";

    private static final Set<String> FOR_OTHERS =
            Set.of("default", "description", "nullable", "rule", "x-kubernetes-list-type", "x-kubernetes-map-type");

    private GenerateSchema() {}

    /** Reads the CRD that the first argument names, and writes into the directory that the second one names. */
    public static void main(String[] args) throws IOException {
        Tree.Mapping schema = withoutOthers(ofCrd(Files.readString(Path.of(args[0]))));
        Path directory = Files.createDirectories(Path.of(args[1]));
        Files.writeString(directory.resolve(FILE), SpecReader.json(schema).toString());
    }

    /** The schema of the only version of a CRD. */
    static Tree.Mapping ofCrd(String yaml) {
        Tree crd = YamlReader.read(yaml, Integer.MAX_VALUE).documents().getFirst();
        Tree.Mapping version =
                ((Tree.Mapping) below(crd, "spec")).mappings("versions").getFirst();
        return (Tree.Mapping) below(below(version, "schema"), "openAPIV3Schema");
    }

    private static Tree below(Tree tree, String key) {
        Tree value = ((Tree.Mapping) tree).get(key);
        if (value == null) {
            throw new IllegalStateException("the CRD has no " + key + " in line " + tree.line());
        }
        return value;
    }

    private static Tree.Mapping withoutOthers(Tree.Mapping schema) {
        List<Tree.Field> kept = schema.fields().stream()
                .filter(f -> !FOR_OTHERS.contains(f.key()))
                .map(GenerateSchema::withoutOthers)
                .toList();
        return new Tree.Mapping(schema.line(), kept);
    }

    private static Tree.Field withoutOthers(Tree.Field keyword) {
        Tree value = keyword.value();
        if (value instanceof Tree.Mapping named && keyword.key().equals("properties")) {
            value = new Tree.Mapping(
                    named.line(),
                    named.fields().stream()
                            .map(f -> new Tree.Field(f.key(), f.line(), withoutOthers((Tree.Mapping) f.value())))
                            .toList());
        } else if (value instanceof Tree.Mapping below) {
            value = withoutOthers(below);
        } else if (value instanceof Tree.Scalar scalar && scalar.value() instanceof ScalarValue.Fraction) {
            value = whole(scalar);
        }
        return new Tree.Field(keyword.key(), keyword.line(), value);
    }

    /** The CRD's generator writes limits as fractions ({@code 1.0}); reading one costs more than reading all the rest. */
    private static Tree.Scalar whole(Tree.Scalar limit) {
        String text = limit.text();
        if (!text.endsWith(".0")) {
            throw new IllegalStateException("limit " + text + " in line " + limit.line() + " of the CRD is no integer");
        }
        return new Tree.Scalar(limit.line(), text.substring(0, text.length() - 2), true);
    }
}
