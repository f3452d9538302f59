package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Assignments.Decided;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import io.bpfchain.operator.rollout.NodeView;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import io.bpfchain.operator.rollout.Targets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what is known of a chain on the nodes that it selects. An answer counts only if it is about the node's object as it is
 * now. One that counted once goes on to count while the node, its object and the assignment are the same: another chain's change of the
 * object does not undo it.
 */
final class NodeViews {
    private final Caches caches;
    private final Assignments assignments;
    private final Map<Pair, Remembered> answers = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Instant>> joined = new ConcurrentHashMap<>();

    private record Remembered(String nodeUid, String objectUid, Assignment assignment, Answer answer) {}

    NodeViews(Caches caches, Assignments assignments) {
        this.caches = caches;
        this.assignments = assignments;
    }

    /** The views of all nodes that a selector selects, without those that are to be drained. */
    List<NodeView> of(String chain, Map<String, String> selector, Instant now) {
        List<NodeFacts> selected = caches.nodes().stream()
                .map(NodeFacts::of)
                .filter(n -> n.isSelectedBy(selector))
                .filter(n -> !isDrained(n))
                .toList();
        boolean first = !joined.containsKey(chain);
        Map<String, Instant> since = joined.computeIfAbsent(chain, c -> new ConcurrentHashMap<>());
        since.keySet().retainAll(selected.stream().map(NodeFacts::name).toList());
        return selected.stream()
                .map(n -> new NodeView(
                        n.name(),
                        n.ready(),
                        n.readinessSince(),
                        since.computeIfAbsent(n.name(), k -> first ? n.created() : now),
                        given(chain, n, now)))
                .toList();
    }

    private boolean isDrained(NodeFacts node) {
        return caches.object(node.name()).filter(o -> o.getSpec().drain()).isPresent();
    }

    /** Forgets a chain that is gone. */
    void forget(String chain) {
        joined.remove(chain);
        answers.keySet().removeIf(p -> p.chain().equals(chain));
    }

    private Optional<Given> given(String chain, NodeFacts node, Instant now) {
        Optional<CgroupProgramNode> object = caches.object(node.name());
        Optional<Assignment> written = object.flatMap(o -> o.getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain))
                .findFirst());
        Optional<Decided> decided =
                written.map(a -> assignments.adopt(node.name(), a, now)).or(() -> assignments.get(chain, node.name()));
        return decided.map(d ->
                new Given(d.assignment(), d.at(), object.flatMap(o -> answer(o, node, d.assignment(), written))));
    }

    private Optional<Answer> answer(
            CgroupProgramNode object, NodeFacts node, Assignment assignment, Optional<Assignment> written) {
        Pair pair = new Pair(assignment.chain(), node.name());
        String objectUid = object.getMetadata().getUid();
        boolean current = object.getSpec().nodeUID().equals(node.uid())
                && written.filter(w -> Targets.same(w, assignment)).isPresent();
        if (!current) {
            return Optional.empty();
        }
        if (isAnswered(object.getSpec(), object.getStatus(), objectUid)) {
            Optional<Answer> answer = report(object.getStatus(), assignment)
                    .map(r -> new Answer(r.state(), text(r.reason(), r.state().name()), text(r.message(), "")));
            answer.ifPresentOrElse(
                    a -> answers.put(pair, new Remembered(node.uid(), objectUid, assignment, a)),
                    () -> answers.remove(pair));
            return answer;
        }
        return Optional.ofNullable(answers.get(pair))
                .filter(r -> r.nodeUid().equals(node.uid())
                        && r.objectUid().equals(objectUid)
                        && Targets.same(r.assignment(), assignment))
                .map(Remembered::answer);
    }

    static boolean isAnswered(CgroupProgramNodeSpec spec, @Nullable CgroupProgramNodeStatus status, String uid) {
        return status != null && status.answers(uid, spec);
    }

    private static Optional<ChainReport> report(CgroupProgramNodeStatus status, Assignment assignment) {
        return status.chains().stream()
                .filter(r -> r.chain().equals(assignment.chain())
                        && r.revision() == assignment.revision()
                        && r.digest().equals(assignment.digest()))
                .findFirst();
    }

    private static String text(@Nullable String text, String otherwise) {
        return Objects.requireNonNullElse(text, otherwise);
    }
}
