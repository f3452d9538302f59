package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.file.ChainText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.RepresentToNode;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/** JSON and YAML text of a tree. Written without data binding: its start costs more than everything else that a command does. */
public final class Markup {
    private Markup() {}

    /** Indented JSON with a newline at the end. */
    public static String json(JsonNode tree) {
        return json(tree, true) + "\n";
    }

    /** JSON on one line, without a newline. */
    public static String jsonLine(JsonNode tree) {
        return json(tree, false);
    }

    /** A value for people: text as it is, a struct or a list as JSON on one line. */
    public static String value(JsonNode node) {
        return node.isValueNode() ? node.asText() : jsonLine(node);
    }

    private static String json(JsonNode tree, boolean indented) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
            if (indented) {
                DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
                generator.setPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                                .withArrayEmptySeparator("")
                                .withObjectEmptySeparator(""))
                        .withObjectIndenter(twoSpaces)
                        .withArrayIndenter(twoSpaces));
            }
            write(tree, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonNode node, JsonGenerator to) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                to.writeStartObject();
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    to.writeFieldName(field.getKey());
                    write(field.getValue(), to);
                }
                to.writeEndObject();
            }
            case ARRAY -> {
                to.writeStartArray();
                for (JsonNode element : node) {
                    write(element, to);
                }
                to.writeEndArray();
            }
            case STRING -> to.writeString(node.textValue());
            case NUMBER -> to.writeNumber(node.asText());
            case BOOLEAN -> to.writeBoolean(node.booleanValue());
            case BINARY, POJO, NULL, MISSING -> to.writeNull();
        }
    }

    /** YAML 1.2 in block style with a newline at the end. */
    public static String yaml(JsonNode tree) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(0)
                .setWidth(200)
                .build();
        return new Dump(settings, new Plain(settings)).dumpToString(plain(tree));
    }

    private static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                node.properties().forEach(f -> fields.put(f.getKey(), plain(f.getValue())));
                yield fields;
            }
            case ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                node.forEach(e -> elements.add(plain(e)));
                yield elements;
            }
            case STRING -> node.textValue();
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case BINARY, POJO, NULL, MISSING -> null;
        };
    }

    /** Puts text into quotes where some reader of YAML would take it for something else. */
    private static final class Plain extends StandardRepresenter {
        Plain(DumpSettings settings) {
            super(settings);
            RepresentToNode text = Objects.requireNonNull(representers.get(String.class));
            representers.put(
                    String.class,
                    data -> ChainText.isPlain((String) data)
                            ? text.representData(data)
                            : representScalar(Tag.STR, (String) data, ScalarStyle.DOUBLE_QUOTED));
        }
    }
}
