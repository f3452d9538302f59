package io.bpfchain.agent.fleet;

import io.bpfchain.agent.fleet.ContentDiff.Change;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a chain would change on one node, compared with what the node's agent last reported.
 *
 * @param runs the number of the revision that the node runs; empty where it runs none, or one that is not kept
 */
public record NodeDiff(String node, Kind kind, Optional<Long> runs, List<Change> changes) {
    public NodeDiff {
        Objects.requireNonNull(node);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(runs);
        changes = List.copyOf(changes);
    }

    /** In one word. */
    public enum Kind {
        /** It runs this already. */
        Same,
        /** It runs another content. */
        Changes,
        /** It runs nothing of the chain and would begin. */
        Starts,
        /** It runs the chain, which does not select it. */
        Leaves,
        /** What it runs is not kept as a revision any more, so nobody can say what differs. */
        Unknown,
        /** It is assigned the chain and its agent has not reported about it. */
        Silent,
        /** It is to be drained, so nothing is begun there. */
        Drained
    }

    /**
     * What is wanted.
     *
     * @param content its sources may be unknown as long as they are not resolved
     */
    public record Wanted(RevisionContent content, Map<String, String> nodeSelector) {
        public Wanted {
            Objects.requireNonNull(content);
            nodeSelector = Map.copyOf(nodeSelector);
        }
    }

    /** By node, without those that have nothing to do with the chain. */
    public static List<NodeDiff> of(
            Wanted wanted, List<FleetMachine> machines, List<FleetNode> nodes, List<FleetRevision> kept) {
        List<NodeDiff> diffs = new ArrayList<>();
        for (FleetMachine machine : machines) {
            Optional<FleetNode> node =
                    nodes.stream().filter(n -> n.name().equals(machine.name())).findFirst();
            Optional<NodeStanding> standing =
                    node.flatMap(n -> NodeStanding.of(wanted.content().chain(), n));
            boolean selected = machine.isSelectedBy(wanted.nodeSelector());
            if (selected && node.filter(FleetNode::isDraining).isPresent()) {
                diffs.add(new NodeDiff(machine.name(), Kind.Drained, Optional.empty(), List.of()));
            } else if (selected || standing.isPresent()) {
                diffs.add(
                        selected
                                ? of(machine.name(), wanted.content(), standing, kept)
                                : new NodeDiff(machine.name(), Kind.Leaves, number(standing, kept), List.of()));
            }
        }
        return diffs;
    }

    private static NodeDiff of(
            String node, RevisionContent wanted, Optional<NodeStanding> standing, List<FleetRevision> kept) {
        Optional<String> runs = standing.flatMap(NodeStanding::runs);
        if (runs.isEmpty()) {
            boolean silent = standing.filter(s -> s.report().isEmpty()).isPresent();
            return new NodeDiff(node, silent ? Kind.Silent : Kind.Starts, Optional.empty(), List.of());
        }
        Optional<RevisionContent> running = revision(runs.get(), kept).flatMap(FleetRevision::content);
        if (running.isEmpty()) {
            return new NodeDiff(node, Kind.Unknown, Optional.empty(), List.of());
        }
        List<Change> changes = ContentDiff.between(running.get(), wanted);
        return new NodeDiff(node, changes.isEmpty() ? Kind.Same : Kind.Changes, number(standing, kept), changes);
    }

    private static Optional<Long> number(Optional<NodeStanding> standing, List<FleetRevision> kept) {
        return standing.flatMap(NodeStanding::runs)
                .flatMap(d -> revision(d, kept))
                .map(FleetRevision::number);
    }

    private static Optional<FleetRevision> revision(String digest, List<FleetRevision> kept) {
        return kept.stream().filter(r -> r.is(digest)).findFirst();
    }
}
