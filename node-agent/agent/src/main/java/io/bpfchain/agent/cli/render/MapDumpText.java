package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
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
        contents.items().forEach(i -> table.add(Markup.value(i.key()), Markup.value(i.value())));
        return table.text("", paint);
    }

    /** A list of entries, which can be used as {@code entriesFrom} as it is. */
    public static ArrayNode document(MapDump.Contents contents) {
        return Nodes.array(contents.items(), i -> {
            ObjectNode item = Nodes.object();
            item.set("key", Nodes.readable(i.key()));
            item.set("value", Nodes.readable(i.value()));
            return item;
        });
    }
}
