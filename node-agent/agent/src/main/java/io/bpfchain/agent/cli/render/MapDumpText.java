package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.MapDump;

/** The contents of a map. */
public final class MapDumpText {
    private MapDumpText() {}

    /** Two columns; a struct or a list is on one line as JSON. */
    public static String table(MapDump.Contents contents, Paint paint) {
        if (contents.items().isEmpty()) {
            return "Map " + contents.map() + " of chain " + contents.chain() + " is empty.\n";
        }
        Table table = Table.withHeader("KEY", "VALUE");
        contents.items().forEach(i -> table.add(value(i.key()), value(i.value())));
        return table.text("", paint);
    }

    private static String value(JsonNode node) {
        return node.isValueNode() ? node.asText() : Markup.jsonLine(node);
    }

    /** For machines: keys and values as they can be written into a chain file. */
    public static ObjectNode document(MapDump.Contents contents) {
        ObjectNode node = Nodes.object()
                .put("chain", contents.chain())
                .put("map", contents.map())
                .put("type", contents.type());
        node.set("entries", Nodes.array(contents.items(), i -> {
            ObjectNode item = Nodes.object();
            item.set("key", i.key());
            item.set("value", i.value());
            return item;
        }));
        return node;
    }
}
