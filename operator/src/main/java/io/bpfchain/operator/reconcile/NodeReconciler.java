package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.Triggers;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a node's object from the table, and tells the chains of changes of the Node that matter to them. */
public final class NodeReconciler implements Reconciler<Node> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReconciler.class);

    /** After how long a node is looked at again of which the watch has not told the newest, or while nobody may write. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Caches caches;
    private final Triggers triggers;
    private final Assignments assignments;
    private final BooleanSupplier leads;
    private final NodeObjects objects;
    private final OperatorMetrics metrics;
    private final Clock clock;
    private final Map<String, NodeFacts> told = new ConcurrentHashMap<>();

    /**
     * A reconciler.
     *
     * @param leads whether no other process can write nodes' objects now
     */
    public NodeReconciler(
            KubernetesClient client,
            Caches caches,
            Triggers triggers,
            Assignments assignments,
            BooleanSupplier leads,
            OperatorMetrics metrics,
            Clock clock) {
        this.caches = caches;
        this.triggers = triggers;
        this.assignments = assignments;
        this.leads = leads;
        objects = new NodeObjects(client);
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
        caches.useNodes(context.getPrimaryCache());
        return List.of(triggers.nodes());
    }

    @Override
    public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
        if (context.isPrimaryResourceDeleted()) {
            String name = node.getMetadata().getName();
            told.remove(name);
            tellChains();
            triggers.object(name);
            return UpdateControl.noUpdate();
        }
        return reconcile(node);
    }

    /** One that is there. */
    UpdateControl<Node> reconcile(Node node) {
        NodeFacts facts = NodeFacts.of(node);
        if (!facts.equals(told.put(facts.name(), facts))) {
            tellChains();
        }
        UpdateControl<Node> control = UpdateControl.noUpdate();
        return write(facts, caches.object(facts.name())) ? control : control.rescheduleAfter(AGAIN);
    }

    private void tellChains() {
        caches.chains().forEach(c -> triggers.chain(c.name()));
    }

    /**
     * Writes what is news. Only ever over the spec that the watch has told: one that somebody else has written meanwhile may come from a
     * process that knows more than this one.
     *
     * @return whether the object is as it shall be
     */
    private boolean write(NodeFacts node, Optional<CgroupProgramNode> from) {
        Optional<CgroupProgramNodeSpec> next = next(node, from).filter(n -> isNews(n, from));
        if (next.isEmpty()) {
            from.ifPresent(o -> listed(node, o.getSpec()));
            return true;
        }
        if (!leads.getAsBoolean()) {
            return false;
        }
        CgroupProgramNodeSpec spec = next.get();
        try {
            caches.wrote(from.map(o -> objects.update(o, spec)).orElseGet(() -> objects.create(node.name(), spec)));
        } catch (KubernetesClientException e) {
            if (NodeObjects.isOutdated(e)) {
                return false;
            }
            throw e;
        }
        listed(node, spec);
        tellTakenOut(node, from, spec);
        metrics.nodeWritten();
        return true;
    }

    private void listed(NodeFacts node, CgroupProgramNodeSpec spec) {
        assignments.listed(
                node.name(), spec.assignments().stream().map(Assignment::chain).toList());
    }

    private static void tellTakenOut(NodeFacts node, Optional<CgroupProgramNode> from, CgroupProgramNodeSpec spec) {
        from.stream()
                .flatMap(o -> o.getSpec().assignments().stream())
                .filter(a ->
                        spec.assignments().stream().noneMatch(b -> b.chain().equals(a.chain())))
                .forEach(a -> LOG.atInfo()
                        .addKeyValue("chain", a.chain())
                        .addKeyValue("node", node.name())
                        .log("an assignment was taken out"));
    }

    private Optional<CgroupProgramNodeSpec> next(NodeFacts node, Optional<CgroupProgramNode> object) {
        object.ifPresent(o -> NodeReports.kept(o).forEach(kept -> recover(node.name(), kept)));
        return NodeSpecs.next(
                object.map(CgroupProgramNode::getSpec),
                assignments.of(node.name()),
                chain -> assignments.isRemoved(chain, node.name()),
                node.uid(),
                object.filter(NodeReports::isFollowed).isPresent());
    }

    /**
     * A node runs what a lost object had assigned, so it is assigned again; whether it is still meant is for rollouts and removals to
     * find out. Of a chain that is not there nobody knows what is to become of its programs, so they would be retained.
     */
    private void recover(String node, ChainReport kept) {
        if (assignments.isRemoved(kept.chain(), node)) {
            return;
        }
        boolean retain = caches.chain(kept.chain()).isEmpty();
        Assignment assignment = new Assignment(kept.chain(), kept.revision(), kept.digest(), retain, List.of());
        if (assignments.get(kept.chain(), node).isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("chain", kept.chain())
                    .addKeyValue("node", node)
                    .addKeyValue("revision", kept.revision())
                    .log(
                            "the object that assigned a chain was lost; the node keeps the chain, and is assigned it again");
            assignments.adopt(node, assignment, clock.instant());
        }
    }

    private static boolean isNews(CgroupProgramNodeSpec next, Optional<CgroupProgramNode> object) {
        return object.filter(o -> o.getSpec().equals(next)).isEmpty();
    }
}
