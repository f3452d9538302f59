package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.cli.render.Paint.Tone;
import io.bpfchain.agent.cli.render.Table.Cell;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How far nodes are that are drained. */
public final class FleetDrainText {
    private FleetDrainText() {}

    public static String text(List<FleetNode> nodes, Instant now, Paint paint) {
        if (nodes.isEmpty()) {
            return "No node has anything assigned.\n";
        }
        Table table = Table.withHeader("NODE", "DRAINED", "REPORTED", "WHY NOT");
        for (FleetNode node : nodes) {
            table.add(
                    Cell.of(node.name()),
                    node.isDrained() ? new Cell("yes", Tone.GOOD) : new Cell("no", Tone.BAD),
                    Cell.of(node.reportedAt()
                            .map(at -> Words.age(Duration.between(at, now)) + " ago")
                            .orElse("never")),
                    Cell.of(whyNot(node).orElse("")));
        }
        return table.text("", paint);
    }

    private static Optional<String> whyNot(FleetNode node) {
        if (node.isDrained()) {
            return Optional.empty();
        }
        if (!node.isAnswered()) {
            return Optional.of("its agent has not answered");
        }
        Optional<String> message = node.status()
                .flatMap(s -> Optional.ofNullable(s.drainMessage())); // agents of earlier versions say none
        return message.or(() -> chains(node));
    }

    private static Optional<String> chains(FleetNode node) {
        List<String> left = node.status().map(CgroupProgramNodeStatus::chains).orElse(List.of()).stream()
                .map(FleetDrainText::left)
                .toList();
        return Optional.of(left.isEmpty() ? "its agent's log says what is left" : String.join("; ", left));
    }

    private static String left(ChainReport report) {
        return report.chain() + ": "
                + Objects.requireNonNullElse(report.reason(), report.state().name());
    }

    /** For machines. */
    public static ObjectNode document(List<FleetNode> nodes) {
        ObjectNode document = Nodes.object();
        document.set("items", Nodes.array(nodes, n -> {
            ObjectNode node = Nodes.object().put("node", n.name()).put("drained", n.isDrained());
            n.reportedAt().ifPresent(at -> node.put("reportedAt", at.toString()));
            whyNot(n).ifPresent(why -> node.put("message", why));
            return node;
        }));
        return document;
    }
}
