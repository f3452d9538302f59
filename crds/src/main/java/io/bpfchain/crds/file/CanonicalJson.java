package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.EntrySpec;
import io.bpfchain.crds.LabelSelector;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ProgramSpec;
import io.bpfchain.crds.SourceSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one way to write the content of a spec ({@link ChainSpec#content}), for digests and for storing revisions: every default written out, fields sorted, no blanks, integers
 * in decimal, other numbers as {@link Double#toString(double)} writes them. Equal specs have equal text, and reading the text back
 * gives an equal spec.
 */
public final class CanonicalJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CanonicalJson() {}

    public static String write(ChainSpec spec) {
        return write(tree(spec));
    }

    /** Any value, written the same way. */
    public static String write(JsonNode value) {
        StringBuilder out = new StringBuilder(512);
        append(out, value);
        return out.toString();
    }

    /** What {@link #write(ChainSpec)} writes, as a tree with its fields in the order in which people write them. */
    public static ObjectNode tree(ChainSpec spec) {
        ObjectNode out = NODES.objectNode();
        out.put("attachType", spec.attachType());
        out.set("cgroup", cgroup(spec.cgroup()));
        out.put("priority", spec.priority().longValue());
        ArrayNode objects = out.putArray("objects");
        spec.objects().forEach(o -> objects.add(object(o)));
        ArrayNode programs = out.putArray("programs");
        spec.programs().forEach(p -> programs.add(program(p)));
        out.putObject("update").put("onUnsafe", spec.update().onUnsafe().name());
        return out;
    }

    /**
     * Reads what {@link #write(ChainSpec)} wrote.
     *
     * @throws IllegalArgumentException when the text is not a valid spec; the message says why
     */
    public static ChainSpec read(String json) {
        try {
            return read(JsonText.read(json));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a chain spec: " + e.getMessage(), e);
        }
    }

    /** The same, where it is part of a larger document. */
    public static ChainSpec read(JsonNode json) {
        Tree tree = Tree.of(json);
        List<Problem> problems = SchemaCheck.check(tree, ChainSchema.spec(), "spec");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("not a chain spec: "
                    + problems.getFirst().path() + ": " + problems.getFirst().message());
        }
        return SpecReader.spec((Tree.Mapping) tree);
    }

    private static ObjectNode cgroup(CgroupSpec cgroup) {
        ObjectNode out = NODES.objectNode();
        put(out, "path", cgroup.path());
        if (cgroup.kubepods() != null) {
            out.putObject("kubepods");
        }
        CgroupSpec.Pods pods = cgroup.pods();
        if (pods != null) {
            ObjectNode selected = out.putObject("pods");
            put(selected, "namespaceSelector", pods.namespaceSelector());
            put(selected, "podSelector", pods.podSelector());
        }
        return out;
    }

    private static void put(ObjectNode out, String field, @Nullable LabelSelector selector) {
        if (selector == null) {
            return;
        }
        ObjectNode terms = out.putObject(field);
        ObjectNode labels = terms.putObject("matchLabels");
        selector.matchLabels().forEach(labels::put);
        ArrayNode requirements = terms.putArray("matchExpressions");
        for (LabelSelector.Requirement requirement : selector.matchExpressions()) {
            ObjectNode one = requirements.addObject();
            one.put("key", requirement.key())
                    .put("operator", requirement.operator().name());
            ArrayNode values = one.putArray("values");
            requirement.values().forEach(values::add);
        }
    }

    private static ObjectNode program(ProgramSpec program) {
        ObjectNode out = NODES.objectNode().put("name", program.name());
        put(out, "object", program.object());
        put(out, "function", program.function());
        return out;
    }

    private static ObjectNode object(ObjectSpec object) {
        ObjectNode out = NODES.objectNode().put("name", object.name());
        ObjectNode source = out.putObject("source");
        SourceSpec.FileSource file = object.source().file();
        if (file != null) {
            put(source.putObject("file").put("path", file.path()), "sha256", file.sha256());
        }
        SourceSpec.UrlSource url = object.source().url();
        if (url != null) {
            source.putObject("url").put("url", url.url()).put("sha256", url.sha256());
        }
        put(source, object.source().configMap());
        put(source, object.source().oci());
        ObjectNode globals = out.putObject("globals");
        object.globals().forEach(globals::set);
        ArrayNode maps = out.putArray("maps");
        object.maps().forEach(m -> maps.add(map(m)));
        return out;
    }

    private static ObjectNode map(MapSpec map) {
        ObjectNode out = NODES.objectNode().put("name", map.name());
        MapSpec.OnUpdate onUpdate = map.onUpdate();
        put(out, "onUpdate", onUpdate == null ? null : onUpdate.name());
        put(out, "sharedAs", map.sharedAs());
        out.put("pin", map.pin());
        List<EntrySpec> entries = map.entries();
        if (entries != null) {
            ArrayNode list = out.putArray("entries");
            entries.forEach(e ->
                    list.add(NODES.objectNode().<ObjectNode>set("key", e.key()).set("value", e.value())));
        }
        MapSpec.EntriesFrom from = map.entriesFrom();
        if (from != null) {
            ObjectNode source = out.putObject("entriesFrom");
            MapSpec.EntriesFrom.FileEntries file = from.file();
            if (file != null) {
                put(source.putObject("file").put("path", file.path()), "sha256", file.sha256());
            }
            put(source, from.configMap());
            put(source, from.oci());
        }
        out.put("onEntriesChange", map.onEntriesChange().name());
        out.put("writtenByProgram", map.writtenByProgram());
        return out;
    }

    private static void put(ObjectNode out, SourceSpec.@Nullable ConfigMapSource source) {
        if (source != null) {
            out.putObject("configMap")
                    .put("namespace", source.namespace())
                    .put("name", source.name())
                    .put("key", source.key());
        }
    }

    private static void put(ObjectNode out, SourceSpec.@Nullable OciSource source) {
        if (source != null) {
            put(out.putObject("oci").put("image", source.image()), "digest", source.digest());
        }
    }

    private static void put(ObjectNode out, String field, @Nullable String value) {
        if (value != null) {
            out.put(field, value);
        }
    }

    private static void append(StringBuilder out, JsonNode node) {
        switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> sorted = new TreeMap<>();
                object.properties().forEach(p -> sorted.put(p.getKey(), p.getValue()));
                out.append('{');
                sorted.forEach((name, value) -> {
                    comma(out);
                    quote(out, name);
                    out.append(':');
                    append(out, value);
                });
                out.append('}');
            }
            case ArrayNode array -> {
                out.append('[');
                array.forEach(item -> {
                    comma(out);
                    append(out, item);
                });
                out.append(']');
            }
            default -> {
                if (node.isTextual()) {
                    quote(out, node.textValue());
                } else {
                    out.append(node.asText());
                }
            }
        }
    }

    private static void comma(StringBuilder out) {
        char last = out.charAt(out.length() - 1);
        if (last != '{' && last != '[') {
            out.append(',');
        }
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
