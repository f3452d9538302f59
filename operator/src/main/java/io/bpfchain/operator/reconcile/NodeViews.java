package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Assignments.Decided;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.rollout.NodeView;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import io.bpfchain.operator.rollout.Targets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Puts together what is known of a chain on the nodes that it selects. */
final class NodeViews {
    private final Caches caches;
    private final Assignments assignments;
    private final Answers answers;
    private final Map<String, Map<String, Instant>> joined = new ConcurrentHashMap<>();

    NodeViews(Caches caches, Assignments assignments, Answers answers) {
        this.caches = caches;
        this.assignments = assignments;
        this.answers = answers;
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
                .map(n -> view(chain, n, since.computeIfAbsent(n.name(), k -> first ? n.created() : now), now))
                .toList();
    }

    private NodeView view(String chain, NodeFacts node, Instant joined, Instant now) {
        Optional<Given> given = given(chain, node, now);
        return new NodeView(
                node.name(),
                node.ready(),
                node.readinessSince(),
                joined,
                given,
                given.isEmpty() && isFull(node.name()));
    }

    /** Counted are all that the object would list: what stands there, and what was decided. */
    private boolean isFull(String node) {
        Set<String> chains = new HashSet<>(assignments.of(node).keySet());
        caches.object(node).stream()
                .flatMap(o -> o.getSpec().assignments().stream())
                .map(Assignment::chain)
                .filter(c -> !assignments.isRemoved(c, node))
                .forEach(chains::add);
        return chains.size() >= CgroupProgramNodeSpec.MOST_ASSIGNMENTS;
    }

    private boolean isDrained(NodeFacts node) {
        return caches.object(node.name()).filter(o -> o.getSpec().drain()).isPresent();
    }

    /** Forgets a chain that is gone. */
    void forget(String chain) {
        joined.remove(chain);
        answers.forget(chain);
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
        boolean current = object.getSpec().nodeUID().equals(node.uid())
                && written.filter(w -> Targets.same(w, assignment)).isPresent();
        return current ? answers.of(object, assignment) : Optional.empty();
    }
}
