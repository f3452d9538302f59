package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.RolloutSpec;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A simulated fleet: nodes that join, fall silent, return and answer at random, while the user changes the target and pauses. */
final class Fleet {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Random random;
    final int places;
    final int maxFailed;

    /** States after more nodes had refused the target than may. */
    int stopped;

    /** Nodes that were brought to it all the same. */
    long begunAfterStop;

    private final List<Node> nodes = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Assignment target = assignment(1);
    private @Nullable Assignment current;
    private boolean paused;
    int completed;
    int begun;

    /** The truth about a node, kept apart from what the decision is told. */
    private static final class Node {
        final String name;
        final Instant joined;
        boolean ready = true;
        Instant since;

        @Nullable
        Assignment given;

        Instant at;

        @Nullable
        State state;
        /** Whether it was ever late with this assignment: from then on nobody can keep it from changing when it likes. */
        boolean late;
        /** Whether it took a place: it was given a target, not the revision that new nodes get at once. */
        boolean placed;

        Node(String name, Instant now) {
            this.name = name;
            joined = now;
            since = now;
            at = now;
        }

        boolean answered() {
            return state == State.Running || state == State.Refused;
        }
    }

    /** What is put to the test. */
    interface Decider {
        Decision decide(RolloutSpec spec, Targets targets, List<NodeView> nodes, Instant now);
    }

    Fleet(long seed) {
        random = new Random(seed);
        places = 1 + random.nextInt(4);
        maxFailed = random.nextBoolean() ? 100 : random.nextInt(3);
        int size = 1 + random.nextInt(20);
        for (int i = 0; i < size; i++) {
            join();
        }
    }

    private static Assignment assignment(long revision) {
        return new Assignment("chain", revision, "sha256:" + "%064x".formatted(revision), false, List.of());
    }

    private void join() {
        nodes.add(new Node("node-%03d".formatted(random.nextInt(1000)) + "-" + nodes.size(), now));
    }

    /** Time passes, things happen, and a decision is carried out. */
    void step(Decider decider) {
        now = now.plusSeconds(1 + random.nextInt(60));
        nodes.forEach(this::live);
        if (random.nextInt(20) == 0) {
            join();
        }
        if (random.nextInt(40) == 0) {
            target = assignment(target.revision() + 1);
        }
        if (random.nextInt(30) == 0) {
            paused = !paused;
        }
        Decision decision = decider.decide(
                new RolloutSpec(String.valueOf(places), maxFailed, "5m", paused),
                new Targets(target, Optional.ofNullable(current)),
                nodes.stream().map(this::view).toList(),
                now);
        if (refusals() > maxFailed) {
            stopped++;
            begunAfterStop +=
                    decision.begin().stream().filter(this::isForbidden).count();
        }
        decision.begin().forEach(this::carryOut);
        boolean complete = decision.phase() == Phase.Complete || decision.phase() == Phase.CompleteWithRefusals;
        if (complete && !target.equals(current)) {
            current = target;
            completed++;
        }
    }

    /** Of the target. */
    private long refusals() {
        return nodes.stream()
                .filter(n -> target.equals(n.given) && n.state == State.Refused)
                .count();
    }

    /** Whether a node is brought to the target; one that runs nothing yet may be, where all others were. */
    private boolean isForbidden(Decision.Begin begin) {
        boolean runsNothing = nodes.stream().anyMatch(n -> n.name.equals(begin.node()) && n.given == null);
        return begin.assignment().equals(target) && !(runsNothing && target.equals(current));
    }

    private void live(Node node) {
        node.late |= node.given != null
                && !node.answered()
                && !now.isBefore(later(node.at, node.since).plus(TIMEOUT));
        if (random.nextInt(25) == 0) {
            node.ready = !node.ready;
            node.since = now;
        }
        if (node.given != null && node.ready && !node.answered() && random.nextInt(3) == 0) {
            int luck = random.nextInt(20);
            node.state = luck == 0 ? State.Refused : luck < 3 ? State.Failed : State.Running;
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private NodeView view(Node node) {
        Optional<Answer> answer = Optional.ofNullable(node.state).map(s -> new Answer(s, "Reason", "message"));
        Optional<Given> given = Optional.ofNullable(node.given).map(a -> new Given(a, node.at, answer));
        return new NodeView(node.name, node.ready, node.since, node.joined, given);
    }

    private void carryOut(Decision.Begin begin) {
        Node node = nodes.stream()
                .filter(n -> n.name.equals(begin.node()))
                .findFirst()
                .orElseThrow();
        if (!node.ready) {
            throw new AssertionError(node.name + " is not Ready and was given " + begin.assignment());
        }
        boolean keepsPlace = node.placed && !node.answered();
        node.late &= keepsPlace;
        node.given = begin.assignment();
        node.at = now;
        node.state = null;
        node.placed = begin.assignment().equals(target);
        begun++;
    }

    /** Nodes that are changing to a target and were never late with it. */
    long inChange() {
        return nodes.stream()
                .filter(n -> n.given != null && n.placed && !n.answered() && !n.late)
                .count();
    }
}
