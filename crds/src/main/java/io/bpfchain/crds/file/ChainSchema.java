package io.bpfchain.crds.file;

import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.file.SchemaNode.Limit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The schema of a whole chain document: that of the CRD in this jar, and what the API server knows of metadata. */
final class ChainSchema {
    static final String API_VERSION = CgroupProgramChain.GROUP + "/" + CgroupProgramChain.VERSION;
    static final String KIND = "CgroupProgramChain";

    /** Read once, when the first chain is. */
    static final SchemaNode DOCUMENT = document();

    /** Any value. */
    static final SchemaNode ANY =
            new SchemaNode("", Map.of(), List.of(), null, null, List.of(), null, Map.of(), null, List.of());

    /** A list of entries of any length. */
    static final SchemaNode ENTRIES = new SchemaNode(
            "array",
            Map.of(),
            List.of(),
            null,
            object(Map.of("key", ANY, "value", ANY), List.of("key", "value"), List.of()),
            List.of(),
            null,
            Map.of(),
            null,
            List.of());

    private ChainSchema() {}

    /** The schema of {@code spec}. */
    static SchemaNode spec() {
        return child(DOCUMENT, "spec");
    }

    private static SchemaNode document() {
        SchemaNode fromCrd = fromCrd();
        Map<String, SchemaNode> properties = new LinkedHashMap<>();
        properties.put("apiVersion", text());
        properties.put("kind", text());
        properties.put("metadata", metadata());
        properties.put("spec", child(fromCrd, "spec"));
        return object(properties, List.of("metadata", "spec"), fromCrd.validations());
    }

    /** What {@link GenerateSchema} made of the CRD. */
    private static SchemaNode fromCrd() {
        try (InputStream in = ChainSchema.class.getResourceAsStream(GenerateSchema.FILE)) {
            if (in == null) {
                throw new IllegalStateException(
                        GenerateSchema.FILE + " is missing in the jar: it is generated in the phase process-classes");
            }
            return SchemaNode.of((Tree.Mapping) Tree.of(JsonText.read(in.readAllBytes())));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + GenerateSchema.FILE, e);
        }
    }

    private static SchemaNode child(SchemaNode schema, String name) {
        SchemaNode child = schema.properties().get(name);
        if (child == null) {
            throw new IllegalStateException("the CRD in this jar has no property " + name);
        }
        return child;
    }

    private static SchemaNode metadata() {
        Map<String, SchemaNode> properties = new LinkedHashMap<>();
        properties.put("name", text());
        properties.put(
                "labels",
                texts(new SchemaNode(
                        "string",
                        Map.of(),
                        List.of(),
                        null,
                        null,
                        List.of(),
                        Pattern.compile("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"),
                        Map.of(Limit.maxLength, 63L),
                        null,
                        List.of())));
        properties.put("annotations", texts(text()));
        return object(properties, List.of("name"), List.of());
    }

    private static SchemaNode text() {
        return new SchemaNode("string", Map.of(), List.of(), null, null, List.of(), null, Map.of(), null, List.of());
    }

    private static SchemaNode texts(SchemaNode values) {
        return new SchemaNode("object", Map.of(), List.of(), values, null, List.of(), null, Map.of(), null, List.of());
    }

    private static SchemaNode object(
            Map<String, SchemaNode> properties, List<String> required, List<SchemaNode.Validation> validations) {
        return new SchemaNode("object", properties, required, null, null, List.of(), null, Map.of(), null, validations);
    }
}
