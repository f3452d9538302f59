package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.Targets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What nodes answer to their assignments. An answer counts only if it is about the node's object as it is now. One that counted once goes
 * on to count while the node, its object and the assignment are the same: another chain's change of the object does not undo it, and is
 * for this chain no news.
 */
public final class Answers {
    private final Map<Pair, Remembered> remembered = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Seen>> seen = new ConcurrentHashMap<>();

    /**
     * What an object answered.
     *
     * @param version of the object: reconcilers may look at an older one later
     */
    private record Remembered(
            long version, String nodeUid, String objectUid, Assignment assignment, Optional<Answer> answer) {
        static Remembered of(CgroupProgramNode object, Assignment assignment, Optional<Answer> answer) {
            return new Remembered(
                    Long.parseLong(object.getMetadata().getResourceVersion()),
                    object.getSpec().nodeUID(),
                    object.getMetadata().getUid(),
                    assignment,
                    answer);
        }

        boolean isTo(CgroupProgramNode object, Assignment asked) {
            return nodeUid.equals(object.getSpec().nodeUID())
                    && objectUid.equals(object.getMetadata().getUid())
                    && Targets.same(assignment, asked);
        }
    }

    /** All that a chain's reconciler would see of a node's object. */
    private record Seen(
            String objectUid,
            String nodeUid,
            Optional<Assignment> assignment,
            List<ChainReport> reports,
            Optional<Answer> answer) {}

    /** Takes in a node's object as it is now, and returns the chains that see something new in it. */
    Set<String> observe(CgroupProgramNode object) {
        Map<String, Assignment> assigned =
                object.getSpec().assignments().stream().collect(Collectors.toMap(Assignment::chain, a -> a));
        Map<String, List<ChainReport>> reports =
                NodeReports.reports(object).collect(Collectors.groupingBy(ChainReport::chain));
        boolean answered = isAnswered(object);
        Set<String> chains = new HashSet<>(assigned.keySet());
        chains.addAll(reports.keySet());
        Map<String, Seen> now = new HashMap<>();
        for (String chain : chains) {
            Optional<Assignment> assignment = Optional.ofNullable(assigned.get(chain));
            now.put(
                    chain,
                    new Seen(
                            object.getMetadata().getUid(),
                            object.getSpec().nodeUID(),
                            assignment,
                            reports.getOrDefault(chain, List.of()),
                            assignment.flatMap(a -> of(object, a, answered))));
        }
        return changed(object.getMetadata().getName(), now);
    }

    /** A node's object is gone; returns the chains that saw something in it. */
    Set<String> gone(String node) {
        remembered.keySet().removeIf(p -> p.node().equals(node));
        return changed(node, Map.of());
    }

    private Set<String> changed(String node, Map<String, Seen> now) {
        Map<String, Seen> before = Objects.requireNonNullElse(
                now.isEmpty() ? seen.remove(node) : seen.put(node, now), Map.<String, Seen>of());
        Set<String> chains = new HashSet<>(before.keySet());
        chains.addAll(now.keySet());
        chains.removeIf(c -> Optional.ofNullable(before.get(c)).equals(Optional.ofNullable(now.get(c))));
        return chains;
    }

    /** The answer to an assignment that stands in a node's object. */
    Optional<Answer> of(CgroupProgramNode object, Assignment assignment) {
        return of(object, assignment, isAnswered(object));
    }

    private Optional<Answer> of(CgroupProgramNode object, Assignment assignment, boolean answered) {
        Pair pair = new Pair(assignment.chain(), object.getMetadata().getName());
        if (!answered) {
            return Optional.ofNullable(remembered.get(pair))
                    .filter(r -> r.isTo(object, assignment))
                    .flatMap(Remembered::answer);
        }
        Optional<Answer> answer = NodeReports.reports(object)
                .filter(r -> r.isAbout(assignment))
                .findFirst()
                .map(r -> new Answer(r.state(), text(r.reason(), r.state().name()), text(r.message(), "")));
        Remembered newest = Remembered.of(object, assignment, answer);
        remembered.merge(pair, newest, (a, b) -> b.version() < a.version() ? a : b);
        return answer;
    }

    private static boolean isAnswered(CgroupProgramNode object) {
        return object.getStatus() != null
                && object.getStatus().answers(object.getMetadata().getUid(), object.getSpec());
    }

    private static String text(@Nullable String text, String otherwise) {
        return Objects.requireNonNullElse(text, otherwise);
    }

    /** Forgets a chain that is gone. */
    void forget(String chain) {
        remembered.keySet().removeIf(p -> p.chain().equals(chain));
    }
}
