package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ChainSpec.DeletionPolicy;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Triggers;
import io.bpfchain.operator.reconcile.ChainStatusWriter.Haste;
import io.bpfchain.operator.revision.Revisions;
import io.bpfchain.operator.revision.Sources;
import io.bpfchain.operator.rollout.Decision;
import io.bpfchain.operator.rollout.NodeView;
import io.bpfchain.operator.rollout.NodeView.Given;
import io.bpfchain.operator.rollout.Phase;
import io.bpfchain.operator.rollout.Rollout;
import io.bpfchain.operator.rollout.Targets;
import io.bpfchain.operator.status.ChainStatuses;
import io.bpfchain.operator.status.Verdict;
import io.bpfchain.operator.status.Verdicts;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a chain to its nodes: target, decision, assignments in the table, status. */
public final class ChainReconciler implements Reconciler<ChainObject> {
    private static final Logger LOG = LoggerFactory.getLogger(ChainReconciler.class);

    private final Caches caches;
    private final Triggers triggers;
    private final Assignments assignments;
    private final Revisions revisions;
    private final ConfigMapSources configMaps;
    private final Targeting targeting;
    private final Requirements requirements;
    private final NodeViews views;
    private final ChainStatusWriter statuses;
    private final Events events;
    private final OperatorMetrics metrics;
    private final Clock clock;
    private final Progress progress = new Progress();

    /** The digest at which the history of each chain was pruned over silent nodes, by its uid. */
    private final Map<String, String> pruned = new ConcurrentHashMap<>();

    public ChainReconciler(
            KubernetesClient client,
            Caches caches,
            ChainSpecs specs,
            Triggers triggers,
            Assignments assignments,
            Answers answers,
            Revisions revisions,
            Sources.Artifacts artifacts,
            Events events,
            OperatorMetrics metrics,
            Clock clock) {
        this.caches = caches;
        this.triggers = triggers;
        this.assignments = assignments;
        this.revisions = revisions;
        configMaps = new ConfigMapSources(caches);
        targeting = new Targeting(specs, revisions, configMaps, artifacts, caches);
        requirements = new Requirements(revisions);
        views = new NodeViews(caches, assignments, answers);
        statuses = new ChainStatusWriter(client, triggers::chain);
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, ChainObject>> prepareEventSources(EventSourceContext<ChainObject> context) {
        caches.useChains(context.getPrimaryCache());
        return List.of(triggers.chains(), configMaps.eventSource(context));
    }

    @Override
    public UpdateControl<ChainObject> reconcile(ChainObject chain, Context<ChainObject> context) {
        if (context.isPrimaryResourceDeleted()) {
            forget(chain);
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        Optional<CgroupProgramChainStatus> before = progress.of(chain);
        return switch (targeting.of(chain, before)) {
            case Targeting.Result.None none -> undecided(chain, before, none, now);
            case Targeting.Result.Later(Duration in) -> {
                assignments.keep(chain.name());
                yield UpdateControl.<ChainObject>noUpdate().rescheduleAfter(in);
            }
            case Targeting.Result.Target target -> roll(chain, before, target, now);
        };
    }

    /** The table, the nodes and the revisions stay: whether the chain is really gone is for the removals to find out. */
    private void forget(ChainObject chain) {
        progress.forget(chain.uid());
        pruned.remove(chain.uid());
        statuses.forget(chain.uid());
        requirements.forget(chain.uid());
        views.forget(chain.name());
        targeting.forget(chain);
        metrics.forget(chain.name());
    }

    private UpdateControl<ChainObject> undecided(
            ChainObject chain, Optional<CgroupProgramChainStatus> before, Targeting.Result.None none, Instant now) {
        assignments.keep(chain.name());
        CgroupProgramChainStatus status = ChainStatuses.undecided(chain.generation(), before, none.verdict(), now);
        return finish(chain, status, Haste.NOW, now, none.lookAgain().map(now::plus));
    }

    private UpdateControl<ChainObject> roll(
            ChainObject chain, Optional<CgroupProgramChainStatus> before, Targeting.Result.Target target, Instant now) {
        ChainSpec spec = target.spec();
        Optional<RevisionStatus> current = Progress.current(before);
        Targets targets = targets(chain, target, current);
        List<NodeView> nodes = views.of(chain.name(), spec.nodeSelector(), now);
        Decision decision = Rollout.decide(spec.rollout(), spec.suspend(), targets, nodes, now);
        publish(chain.name(), spec, targets, nodes, decision, now);
        boolean completed = decision.phase() == Phase.Complete || decision.phase() == Phase.CompleteWithRefusals;
        Optional<RevisionStatus> reached = completed ? Optional.of(target.revision()) : current;
        Verdict verdict =
                Verdicts.of(decision, target.revision().number(), spec.rollout().maxFailed(), target.lost());
        CgroupProgramChainStatus status =
                ChainStatuses.of(chain.generation(), before, target.revision(), reached, decision, verdict, now);
        metrics.chain(chain.name(), decision.counts());
        UpdateControl<ChainObject> control = finish(chain, status, haste(spec), now, decision.lookAgain());
        boolean settled = !reached.map(RevisionStatus::digest).equals(current.map(RevisionStatus::digest));
        // nodes that stay silent keep no history for ever
        boolean unknown = decision.phase() == Phase.Silent
                && !target.revision()
                        .digest()
                        .equals(pruned.put(chain.uid(), target.revision().digest()));
        if (settled || unknown) {
            revisions.prune(chain.name(), spec.revisionHistoryLimit(), used(chain.name(), status));
        }
        return control;
    }

    private Targets targets(ChainObject chain, Targeting.Result.Target target, Optional<RevisionStatus> current) {
        boolean retain = target.spec().deletionPolicy() == DeletionPolicy.Retain;
        RevisionStatus wanted = target.revision();
        // the spec of a suspended chain may have changed since the revision was made
        List<String> requires = target.spec().suspend()
                ? requirements.current(chain, wanted)
                : requirements.target(chain, wanted, target.spec());
        return new Targets(
                assignment(chain, wanted, retain, requires),
                current.map(c -> assignment(chain, c, retain, requirements.current(chain, c))));
    }

    private static Assignment assignment(
            ChainObject chain, RevisionStatus revision, boolean retain, List<String> requires) {
        return new Assignment(chain.name(), revision.number(), revision.digest(), retain, requires);
    }

    private void publish(
            String chain, ChainSpec spec, Targets targets, List<NodeView> nodes, Decision decision, Instant now) {
        assignments.keep(chain, nodes.stream().map(NodeView::name).toList());
        if (!spec.suspend()) {
            nodes.forEach(n -> n.given()
                    .ifPresent(g -> retain(n.name(), g, targets.target().retain())));
        }
        for (Decision.Begin begin : decision.begin()) {
            assignments.put(begin.node(), begin.assignment(), now);
            triggers.node(begin.node());
            LOG.atInfo()
                    .addKeyValue("chain", chain)
                    .addKeyValue("node", begin.node())
                    .addKeyValue("revision", begin.assignment().revision())
                    .log("a node begins");
        }
    }

    /** What becomes of the programs of a deleted chain is no change of what runs, so it reaches all nodes at once. */
    private void retain(String node, Given given, boolean retain) {
        Assignment assignment = given.assignment();
        if (assignment.retain() != retain) {
            assignments.put(
                    node,
                    new Assignment(
                            assignment.chain(),
                            assignment.revision(),
                            assignment.digest(),
                            retain,
                            assignment.requires()),
                    given.at());
            triggers.node(node);
        }
    }

    /** What a registry answered is not asked again for the same generation, also by the next operator: only the status says it. */
    private static Haste haste(ChainSpec spec) {
        boolean asked = spec.objects().stream()
                .anyMatch(o -> o.source().oci() != null
                        || o.maps().stream()
                                .map(MapSpec::entriesFrom)
                                .anyMatch(from -> from != null && from.oci() != null));
        return asked ? Haste.NOW : Haste.AFTER_NODES;
    }

    private UpdateControl<ChainObject> finish(
            ChainObject chain, CgroupProgramChainStatus status, Haste haste, Instant now, Optional<Instant> lookAgain) {
        progress.put(chain, status);
        Optional<Duration> again = lookAgain.map(t -> Duration.between(now, t));
        switch (statuses.write(chain, status, haste, now)) {
            case ChainStatusWriter.Outcome.Written(Optional<CgroupProgramChainStatus> before) -> {
                metrics.statusWritten();
                events.changed(chain, before, status);
            }
            case ChainStatusWriter.Outcome.Later(Duration in) ->
                again = Optional.of(again.filter(a -> a.compareTo(in) < 0).orElse(in));
            case ChainStatusWriter.Outcome.Unchanged unchanged -> {}
        }
        UpdateControl<ChainObject> control = UpdateControl.noUpdate();
        return again.isPresent() ? control.rescheduleAfter(again.get().plusMillis(1)) : control;
    }

    /** Digests of revisions that somebody may still need. */
    private Set<String> used(String chain, CgroupProgramChainStatus status) {
        Stream<String> told = Stream.of(Optional.ofNullable(status.target()), Optional.ofNullable(status.current()))
                .flatMap(Optional::stream)
                .map(RevisionStatus::digest);
        Stream<String> nodes = caches.objects().stream().flatMap(o -> NodeReports.digests(o, chain));
        return Stream.concat(told, nodes).collect(Collectors.toSet());
    }
}
