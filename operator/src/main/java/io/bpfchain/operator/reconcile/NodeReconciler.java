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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a node's object from the table, and tells the chains of changes of the Node that matter to them. */
public final class NodeReconciler implements Reconciler<Node> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReconciler.class);

    private final Caches caches;
    private final Triggers triggers;
    private final Assignments assignments;
    private final NodeObjects objects;
    private final OperatorMetrics metrics;
    private final Clock clock;
    private final Map<String, NodeFacts> told = new ConcurrentHashMap<>();

    public NodeReconciler(
            KubernetesClient client,
            Caches caches,
            Triggers triggers,
            Assignments assignments,
            OperatorMetrics metrics,
            Clock clock) {
        this.caches = caches;
        this.triggers = triggers;
        this.assignments = assignments;
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
        String name = node.getMetadata().getName();
        if (context.isPrimaryResourceDeleted()) {
            told.remove(name);
            tellChains();
            triggers.object(name);
            return UpdateControl.noUpdate();
        }
        NodeFacts facts = NodeFacts.of(node);
        if (!facts.equals(told.put(name, facts))) {
            tellChains();
        }
        write(facts, caches.object(name));
        return UpdateControl.noUpdate();
    }

    private void tellChains() {
        caches.chains().forEach(c -> triggers.chain(c.name()));
    }

    private void write(NodeFacts node, Optional<CgroupProgramNode> cached) {
        if (next(node, cached).filter(n -> isNews(n, cached)).isEmpty()) {
            return;
        }
        try {
            writeOnce(node, cached);
        } catch (KubernetesClientException e) {
            if (!NodeObjects.isOutdated(e)) {
                throw e;
            }
            // Somebody else has written the spec, and the watch has not told it yet.
            writeOnce(node, objects.read(node.name()));
        }
    }

    private void writeOnce(NodeFacts node, Optional<CgroupProgramNode> from) {
        Optional<CgroupProgramNodeSpec> next = next(node, from).filter(n -> isNews(n, from));
        if (next.isEmpty()) {
            return;
        }
        CgroupProgramNodeSpec spec = next.get();
        caches.wrote(from.map(o -> objects.update(o, spec)).orElseGet(() -> objects.create(node.name(), spec)));
        from.ifPresent(o -> o.getSpec().assignments().stream()
                .filter(a ->
                        spec.assignments().stream().noneMatch(b -> b.chain().equals(a.chain())))
                .forEach(a -> {
                    LOG.atInfo()
                            .addKeyValue("chain", a.chain())
                            .addKeyValue("node", node.name())
                            .log("an assignment was taken out");
                }));
        metrics.nodeWritten();
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
