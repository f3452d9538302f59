package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.Tree.EntryView;
import io.bpfchain.agent.Tree.HookView;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.EntryReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.HookReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** A node's report as the tree that {@code bpfchain tree} shows of a machine. */
public final class NodeTree {
    private static final ObjectMapper JSON = new ObjectMapper();

    private NodeTree() {}

    /** The tree, with how old the report is above it, and in its warnings what the report does not say. */
    public static Tree of(FleetNode node, Instant now) {
        Map<String, List<HookView>> hooks = new LinkedHashMap<>();
        node.status().stream()
                .flatMap(s -> s.hooks().stream())
                .forEach(h -> hooks.computeIfAbsent(h.cgroup(), c -> new ArrayList<>())
                        .add(hook(h)));
        return new Tree(
                title(node, now),
                hooks.entrySet().stream()
                        .map(e -> new Tree.Node(e.getKey(), 0, e.getValue()))
                        .toList(),
                warnings(node));
    }

    private static String title(FleetNode node, Instant now) {
        return node.name()
                + node.status()
                        .map(s -> " (agent " + s.agentVersion() + ", Linux " + s.kernelRelease() + ", reported "
                                + node.reportedAt()
                                        .map(at -> Words.age(Duration.between(at, now)) + " ago")
                                        .orElse("at an unknown time")
                                + ")")
                        .orElse(" (no agent has reported)");
    }

    private static List<String> warnings(FleetNode node) {
        List<String> warnings = new ArrayList<>();
        if (!node.isAnswered()) {
            warnings.add("The agent of " + node.name()
                    + " has not answered its newest assignments yet; this is what it reported before.");
        }
        int omitted = node.status().map(CgroupProgramNodeStatus::hooksOmitted).orElse(0);
        if (omitted > 0) {
            warnings.add(Words.count(omitted, "hook")
                    + " did not fit into the report; bpfchain tree on the node shows all.");
        }
        return warnings;
    }

    private static HookView hook(HookReport hook) {
        List<EntryView> entries =
                hook.entries().stream().map(e -> entry(e, hook.cgroup())).toList();
        return new HookView(hook.attachType(), "multi", entries, entries);
    }

    private static EntryView entry(EntryReport entry, String cgroup) {
        String ours = Objects.requireNonNullElse(entry.program(), "");
        int slash = Math.max(0, ours.indexOf('/'));
        return new EntryView(
                Math.toIntExact(entry.id()),
                Objects.requireNonNullElse(entry.foreign(), ""),
                ours.isEmpty() ? "foreign" : "bpfchain",
                ours.substring(0, slash),
                ours.isEmpty() ? "" : ours.substring(slash + 1),
                "",
                cgroup,
                "program",
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /** For machines: the report as it is, and whether it is about the assignments as they are. */
    public static ObjectNode document(FleetNode node) {
        ObjectNode document = Nodes.object().put("node", node.name()).put("answered", node.isAnswered());
        node.status().ifPresent(s -> document.set("status", JSON.valueToTree(s)));
        return document;
    }
}
