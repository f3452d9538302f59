package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.RolloutSpec;
import io.bpfchain.operator.rollout.Decision.Begin;
import io.bpfchain.operator.rollout.Decision.Counts;
import io.bpfchain.operator.rollout.Decision.Refusal;
import io.bpfchain.operator.rollout.NodeView.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which nodes begin to change. Guarantees:
 * <ul>
 *   <li>no node begins while {@code maxConcurrent} nodes hold a place. A node holds one from the decision until its agent has reported
 *       that exactly this assignment runs or was refused, or until it was silent for {@code nodeTimeout}; a node that returns after that
 *       takes its place again, and then more may be taken than there are, but none begins;
 *   <li>no node begins after more than {@code maxFailed} have refused, while the rollout is paused, or while the node is not Ready;
 *   <li>a node that runs nothing yet never waits for the target where there is a revision that a rollout has completed: it is given that
 *       one at once, without a place;
 *   <li>equal input gives equal decisions: nodes begin in the order of their names.
 * </ul>
 */
public final class Rollout {
    /** For how long a node that joins a completed rollout may be without the target before the chain is not Ready. */
    public static final Duration JOINING = Duration.ofSeconds(60);

    /** For how long nodes that are full are not looked at: nobody tells that another chain has left one. */
    private static final Duration FULL_AGAIN = Duration.ofSeconds(30);

    private static final String FULL = "the node is assigned " + CgroupProgramNodeSpec.MOST_ASSIGNMENTS
            + " chains, and its object holds no more. Delete one, or take the node out of its nodeSelector.";

    private final RolloutSpec spec;
    private final Targets targets;
    private final List<NodeView> nodes;
    private final Instant now;
    private final Map<Standing, List<NodeView>> standings = new EnumMap<>(Standing.class);

    private Rollout(RolloutSpec spec, Targets targets, List<NodeView> nodes, Instant now) {
        this.spec = spec;
        this.targets = targets;
        this.nodes = nodes.stream().sorted(Comparator.comparing(NodeView::name)).toList();
        this.now = now;
        for (Standing standing : Standing.values()) {
            standings.put(standing, new ArrayList<>());
        }
        this.nodes.forEach(
                n -> all(Standing.of(n, targets.target(), spec.timeout(), now)).add(n));
    }

    /**
     * Decides.
     *
     * @param suspended whether nothing may be written; the decision then only counts
     * @param nodes those that the chain selects, in any order
     */
    public static Decision decide(
            RolloutSpec spec, boolean suspended, Targets targets, List<NodeView> nodes, Instant now) {
        Rollout rollout = new Rollout(spec, targets, nodes, now);
        Phase phase = suspended ? Phase.Suspended : rollout.phase();
        return new Decision(
                phase,
                suspended ? List.of() : rollout.begin(),
                rollout.counts(),
                rollout.refusals(),
                rollout.lookAgain());
    }

    private List<NodeView> all(Standing standing) {
        return standings.getOrDefault(standing, List.of());
    }

    private int count(Standing standing) {
        return all(standing).size();
    }

    private boolean stopped() {
        return count(Standing.Failed) > spec.maxFailed();
    }

    private Phase phase() {
        if (stopped()) {
            return Phase.Stopped;
        }
        if (!nodes.isEmpty() && counts().unknown() == nodes.size()) {
            return Phase.Unreachable;
        }
        if (Stream.of(Standing.Waiting, Standing.InChange)
                .flatMap(s -> all(s).stream())
                .allMatch(this::isJoining)) {
            return ended();
        }
        return spec.paused() ? Phase.Paused : Phase.Progressing;
    }

    private Phase ended() {
        if (count(Standing.Silent) > 0) {
            return Phase.Silent;
        }
        return count(Standing.Failed) == 0 ? Phase.Complete : Phase.CompleteWithRefusals;
    }

    private boolean isJoining(NodeView node) {
        return targets.completedBefore() && now.isBefore(node.joined().plus(JOINING));
    }

    private List<Begin> begin() {
        boolean held = spec.paused() || stopped();
        long free = spec.places(nodes.size())
                - nodes.stream().filter(this::inChange).count();
        // Less than zero where new nodes were given the current revision without a place: then none of them may go on
        // yet.
        List<Begin> begin = new ArrayList<>();
        for (NodeView node : all(Standing.Waiting)) {
            boolean mayChange = !held || (node.given().isEmpty() && targets.completedBefore());
            int place = inChange(node) ? 0 : 1;
            if (mayChange && free >= place) {
                free -= place;
                begin.add(new Begin(node.name(), targets.target()));
            } else if (node.given().isEmpty()) {
                proven().ifPresent(current -> begin.add(new Begin(node.name(), current)));
            }
        }
        return begin;
    }

    private boolean inChange(NodeView node) {
        return node.inChange(spec.timeout(), now);
    }

    /** The revision that a node without any may have at once. */
    private Optional<Assignment> proven() {
        return targets.current().filter(c -> !targets.completedBefore());
    }

    private Counts counts() {
        return new Counts(
                nodes.size(),
                (int) nodes.stream().filter(n -> n.holds(targets.target())).count(),
                count(Standing.Running),
                count(Standing.Failed),
                count(Standing.Unreachable),
                count(Standing.Silent),
                count(Standing.Waiting));
    }

    private List<Refusal> refusals() {
        return all(Standing.Failed).stream()
                .flatMap(n -> n.full()
                        ? Stream.of(new Refusal(n.name(), "NodeFull", FULL))
                        : n.answer().stream().map(a -> refusal(n, a)))
                .toList();
    }

    private static Refusal refusal(NodeView node, Answer answer) {
        return new Refusal(node.name(), answer.reason(), answer.message());
    }

    private Optional<Instant> lookAgain() {
        Stream<Instant> places = nodes.stream().flatMap(n -> n.placeUntil(spec.timeout()).stream());
        Stream<Instant> joining = Stream.of(Standing.Waiting, Standing.InChange)
                .flatMap(s -> all(s).stream())
                .filter(this::isJoining)
                .map(n -> n.joined().plus(JOINING));
        Stream<Instant> full = nodes.stream().filter(NodeView::full).map(n -> now.plus(FULL_AGAIN));
        return Stream.concat(Stream.concat(places, joining), full)
                .filter(now::isBefore)
                .min(Comparator.naturalOrder());
    }
}
