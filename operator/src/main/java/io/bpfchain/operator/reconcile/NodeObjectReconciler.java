package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.Triggers;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the chains what nodes report, and removes the object of a node that has been gone for long. */
public final class NodeObjectReconciler implements Reconciler<CgroupProgramNode> {
    /** For how long a Node must be gone before its object is. */
    public static final Duration NODE_GONE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(NodeObjectReconciler.class);

    private final KubernetesClient client;
    private final Caches caches;
    private final Triggers triggers;
    private final Assignments assignments;
    private final Answers answers;
    private final NodeObjects objects;
    private final NodeComplaints complaints;
    private final Clock clock;
    private final Duration nodeGone;
    private final Map<String, Instant> goneSince = new ConcurrentHashMap<>();
    private final Set<String> drained = ConcurrentHashMap.newKeySet();

    public NodeObjectReconciler(
            KubernetesClient client,
            Caches caches,
            Triggers triggers,
            Assignments assignments,
            Answers answers,
            NodeComplaints complaints,
            Duration nodeGone,
            Clock clock) {
        this.client = client;
        this.caches = caches;
        this.triggers = triggers;
        this.assignments = assignments;
        this.answers = answers;
        this.complaints = complaints;
        objects = new NodeObjects(client);
        this.nodeGone = nodeGone;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, CgroupProgramNode>> prepareEventSources(EventSourceContext<CgroupProgramNode> context) {
        caches.useObjects(context.getPrimaryCache());
        return List.of(triggers.objects());
    }

    @Override
    public UpdateControl<CgroupProgramNode> reconcile(CgroupProgramNode object, Context<CgroupProgramNode> context) {
        String name = object.getMetadata().getName();
        boolean deleted = context.isPrimaryResourceDeleted();
        boolean drain = !deleted && object.getSpec().drain();
        if (drain ? drained.add(name) : drained.remove(name)) {
            LOG.atInfo().addKeyValue("node", name).log(drain ? "a node is drained" : "a node is not drained any more");
            caches.chains().forEach(c -> triggers.chain(c.name()));
        }
        (deleted ? answers.gone(name) : answers.observe(object)).forEach(triggers::chain);
        if (!deleted) {
            complaints.tell(object);
        }
        Optional<Node> node = caches.node(name);
        if (deleted || node.isPresent()) {
            goneSince.remove(name);
            node.filter(n -> deleted
                            || !object.getSpec().complete()
                            || !n.getMetadata().getUid().equals(object.getSpec().nodeUID())
                            || isBehind(object))
                    .ifPresent(n -> triggers.node(name));
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        Duration left =
                Duration.between(now, goneSince.computeIfAbsent(name, n -> now).plus(nodeGone));
        if (left.isPositive()) {
            return UpdateControl.<CgroupProgramNode>noUpdate().rescheduleAfter(left);
        }
        deleteIfGone(object, name);
        return UpdateControl.noUpdate();
    }

    /** Whether it does not say what was decided: that is on its way, or somebody else has written it. */
    private boolean isBehind(CgroupProgramNode object) {
        List<Assignment> there = object.getSpec().assignments();
        String name = object.getMetadata().getName();
        return !there.containsAll(assignments.of(name).values())
                || there.stream().anyMatch(a -> assignments.isRemoved(a.chain(), name));
    }

    private void deleteIfGone(CgroupProgramNode object, String name) {
        if (client.nodes().withName(name).get() != null) {
            return;
        }
        objects.delete(object);
        assignments.forget(name);
        LOG.atInfo().addKeyValue("node", name).log("the object of a node that is gone was removed");
    }
}
