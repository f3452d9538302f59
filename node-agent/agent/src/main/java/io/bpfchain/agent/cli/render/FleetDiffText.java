package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.cli.render.Paint.Tone;
import io.bpfchain.agent.fleet.ContentDiff.Change;
import io.bpfchain.agent.fleet.FleetDiff;
import io.bpfchain.agent.fleet.NodeDiff;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What would change, node by node; nodes of which the same is to be said share it. */
public final class FleetDiffText {
    private static final int LONGEST = 160;

    /** The names of nodes that are listed in a line when it is not wide. */
    private static final int MOST_NAMES = 5;

    private FleetDiffText() {}

    public static String text(List<FleetDiff> diffs, boolean wide, Paint paint) {
        StringBuilder text = new StringBuilder();
        for (FleetDiff diff : diffs) {
            text.append(paint.paint(Tone.STRONG, "chain " + diff.chain()))
                    .append(" (")
                    .append(diff.wanted())
                    .append(")\n");
            if (diff.nodes().isEmpty()) {
                text.append("  no node has to do with it\n");
            }
            alike(diff.nodes()).forEach((what, nodes) -> {
                text.append("  ")
                        .append(names(nodes, wide))
                        .append(": ")
                        .append(sentence(what))
                        .append('\n');
                what.changes()
                        .forEach(c ->
                                text.append("    ").append(line(c, wide, paint)).append('\n'));
            });
        }
        return text.toString();
    }

    private static Map<NodeDiff, List<String>> alike(List<NodeDiff> nodes) {
        Map<NodeDiff, List<String>> alike = new LinkedHashMap<>();
        nodes.forEach(
                n -> alike.computeIfAbsent(new NodeDiff("", n.kind(), n.runs(), n.changes()), k -> new ArrayList<>())
                        .add(n.node()));
        return alike;
    }

    private static String names(List<String> nodes, boolean wide) {
        return wide || nodes.size() <= MOST_NAMES
                ? String.join(", ", nodes)
                : String.join(", ", nodes.subList(0, MOST_NAMES)) + " and " + (nodes.size() - MOST_NAMES) + " more";
    }

    private static String sentence(NodeDiff diff) {
        String runs = diff.runs().map(r -> "revision " + r).orElse("an unknown revision");
        return switch (diff.kind()) {
            case Same -> "no change";
            case Changes -> "runs " + runs + ", which differs in";
            case Starts -> "begins to run it";
            case Leaves -> "is not selected any more, and loses it";
            case Unknown -> "runs a revision that is not kept any more; what differs is not known";
            case Drained -> "is drained, and gets nothing";
            case Silent -> "its agent has not reported about it";
        };
    }

    private static String line(Change change, boolean wide, Paint paint) {
        if (change.old().isEmpty()) {
            return paint.paint(Tone.GOOD, "+ " + change.path() + ": " + value(change.now(), wide));
        }
        if (change.now().isEmpty()) {
            return paint.paint(Tone.BAD, "- " + change.path() + ": " + value(change.old(), wide));
        }
        return paint.paint(
                Tone.NOTICE,
                "~ " + change.path() + ": " + value(change.old(), wide) + " -> " + value(change.now(), wide));
    }

    private static String value(Optional<JsonNode> value, boolean wide) {
        String text = value.map(Markup::value).orElse("");
        String shortened = wide ? text : Words.shortened(text);
        return wide || shortened.length() <= LONGEST ? shortened : shortened.substring(0, LONGEST) + "...";
    }

    /** For machines. */
    public static ObjectNode document(List<FleetDiff> diffs) {
        ObjectNode node = Nodes.object();
        node.set("items", Nodes.array(diffs, d -> {
            ObjectNode one = Nodes.object().put("chain", d.chain()).put("wanted", d.wanted());
            one.set("nodes", Nodes.array(d.nodes(), FleetDiffText::node));
            one.set("warnings", Nodes.messages(d.warnings()));
            return one;
        }));
        return node;
    }

    private static JsonNode node(NodeDiff diff) {
        ObjectNode node =
                Nodes.object().put("node", diff.node()).put("kind", diff.kind().name());
        diff.runs().ifPresent(r -> node.put("runs", r));
        node.set("changes", Nodes.array(diff.changes(), c -> {
            ObjectNode change = Nodes.object().put("path", c.path());
            c.old().ifPresent(o -> change.set("old", o));
            c.now().ifPresent(n -> change.set("new", n));
            return change;
        }));
        return node;
    }
}
