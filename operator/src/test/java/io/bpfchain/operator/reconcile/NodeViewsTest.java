package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.InMemoryCache;
import io.bpfchain.operator.rollout.NodeView;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeViewsTest {
    private static final Instant CREATED = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant NOW = CREATED.plusSeconds(3600);
    private static final Assignment ONE = assignment("fw", 1);
    private static final Assignment TWO = assignment("fw", 2);
    private static final Assignment OTHER = assignment("other", 1);

    private final InMemoryCache<Node> nodes = new InMemoryCache<>();
    private final InMemoryCache<CgroupProgramNode> objects = new InMemoryCache<>();
    private final Assignments assignments = new Assignments();
    private final Caches caches = new Caches();
    private final Answers answers = new Answers();
    private final NodeViews views = new NodeViews(caches, assignments, answers);

    @BeforeEach
    void fill() {
        caches.useNodes(nodes);
        caches.useObjects(objects);
        nodes.put(node("n1", "node-uid"));
    }

    private static Assignment assignment(String chain, long revision) {
        return new Assignment(chain, revision, "sha256:" + "%064x".formatted(revision), false, List.of());
    }

    private static Node node(String name, String uid) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid(uid)
                .withCreationTimestamp(CREATED.toString())
                .addToLabels("role", "edge")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime(CREATED.plusSeconds(5).toString())
                .endCondition()
                .endStatus()
                .build();
    }

    private static CgroupProgramNode object(String uid, String nodeUid, Assignment... assigned) {
        CgroupProgramNode object = new CgroupProgramNode();
        object.setMetadata(new ObjectMetaBuilder()
                .withName("n1")
                .withUid(uid)
                .withResourceVersion("1")
                .build());
        object.setSpec(new CgroupProgramNodeSpec(nodeUid, true, List.of(assigned)));
        return object;
    }

    private static CgroupProgramNode answered(CgroupProgramNode object, CgroupProgramNode to, Assignment... runs) {
        object.setStatus(new CgroupProgramNodeStatus(
                to.getMetadata().getUid(),
                to.getSpec().digest(),
                "1",
                "6.12",
                List.of(),
                Arrays.stream(runs)
                        .map(a -> new ChainReport(
                                a.chain(), a.revision(), a.digest(), State.Running, a.digest(), 1, null, null))
                        .toList(),
                List.of(),
                0,
                ""));
        return object;
    }

    private NodeView view() {
        return views.of("fw", Map.of(), NOW).getFirst();
    }

    private Optional<State> state() {
        return view().given().flatMap(Given::answer).map(Answer::state);
    }

    @Test
    void onlySelectedNodesAreSeenAsTheyAre() {
        assertThat(views.of("fw", Map.of("role", "core"), NOW)).isEmpty();
        assertThat(views.of("other", Map.of("role", "edge"), NOW))
                .containsExactly(new NodeView("n1", true, CREATED.plusSeconds(5), CREATED, Optional.empty()));
    }

    @Test
    void aNodeThatHasAsManyOtherChainsAsItMayIsFull() {
        Assignment[] others = IntStream.range(0, CgroupProgramNodeSpec.MOST_ASSIGNMENTS - 1)
                .mapToObj(i -> assignment("other-" + i, 1))
                .toArray(Assignment[]::new);
        objects.put(object("o1", "node-uid", others));
        assertThat(view().full()).isFalse();

        assignments.put("n1", OTHER, NOW); // decided and not written yet
        assertThat(view().full()).isTrue();
        assignments.put("n1", ONE, NOW);
        assertThat(view().full()).as("it has its place").isFalse();
    }

    @Test
    void aNodeThatIsToBeDrainedIsNotSeen() {
        CgroupProgramNode object = object("o1", "node-uid", ONE);
        object.setSpec(new CgroupProgramNodeSpec("node-uid", true, List.of(ONE), true));
        objects.put(object);
        assertThat(views.of("fw", Map.of(), NOW)).isEmpty();
    }

    @Test
    void aNodeThatWasThereWhenTheProcessBeganJoinedWhenItWasCreatedAndALaterOneNow() {
        assertThat(view().joined()).isEqualTo(CREATED);
        nodes.put(node("n2", "uid-2"));
        assertThat(views.of("fw", Map.of(), NOW).getLast().joined()).isEqualTo(NOW);
    }

    @Test
    void aReportAboutTheObjectAsItIsIsAnAnswer() {
        CgroupProgramNode object = object("o1", "node-uid", ONE);
        objects.put(answered(object, object, ONE));

        assertThat(state()).contains(State.Running);
    }

    @Test
    void aReportAboutAnotherSpecOrAnotherObjectIsNone() {
        objects.put(answered(object("o1", "node-uid", ONE), object("o1", "node-uid", ONE, OTHER), ONE));
        assertThat(state()).isEmpty();
        objects.put(answered(object("o1", "node-uid", ONE), object("o0", "node-uid", ONE), ONE));
        assertThat(state()).isEmpty();
        objects.put(answered(object("o1", "node-uid", TWO), object("o1", "node-uid", TWO), ONE));
        assertThat(state()).isEmpty();
    }

    @Test
    void aDecisionThatIsNotWrittenYetHasNoAnswer() {
        CgroupProgramNode object = object("o1", "node-uid", ONE);
        objects.put(answered(object, object, ONE));
        assignments.put("n1", TWO, NOW);

        assertThat(view().given().orElseThrow().assignment()).isEqualTo(TWO);
        assertThat(state()).isEmpty();
    }

    @Test
    void anAnswerOutlivesAChangeOfAnotherChain() {
        CgroupProgramNode object = object("o1", "node-uid", ONE);
        objects.put(answered(object, object, ONE));
        assertThat(state()).contains(State.Running);

        objects.put(answered(object("o1", "node-uid", ONE, OTHER), object, ONE));
        assertThat(state()).contains(State.Running);
    }

    @Test
    void anAnswerDoesNotOutliveItsNodeItsObjectOrItsAssignment() {
        CgroupProgramNode object = object("o1", "node-uid", ONE);
        objects.put(answered(object, object, ONE));
        assertThat(state()).contains(State.Running);

        objects.put(object("o2", "node-uid", ONE));
        assertThat(state()).isEmpty();
        objects.put(answered(object, object, ONE));
        nodes.put(node("n1", "another-node"));
        assertThat(state()).as("the report is that of the node before").isEmpty();
    }
}
