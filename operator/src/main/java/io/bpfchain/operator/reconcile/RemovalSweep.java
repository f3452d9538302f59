package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Triggers;
import io.bpfchain.operator.removal.Candidate;
import io.bpfchain.operator.removal.Candidate.ChainGone;
import io.bpfchain.operator.removal.Candidate.Live;
import io.bpfchain.operator.removal.Candidate.NodeDeselected;
import io.bpfchain.operator.removal.Guards;
import io.bpfchain.operator.removal.Guards.Crd;
import io.bpfchain.operator.removal.RemovalDecision;
import io.bpfchain.operator.removal.RemovalDecision.Held;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import io.bpfchain.operator.removal.Removals;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all assignments every other second and lets those be taken out that {@link Removals} decides on. What it asks the API server
 * it asks past all caches, and where an answer does not come, nothing is taken out.
 */
public final class RemovalSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalSweep.class);
    private static final String CRD = "cgroupprogramchains." + CgroupProgramChain.GROUP;

    private final KubernetesClient client;
    private final Caches caches;
    private final Triggers triggers;
    private final Assignments assignments;
    private final RemovalCandidates candidates;
    private final RemovalState state;
    private final Events events;
    private final OperatorMetrics metrics;
    private final BooleanSupplier synced;
    private final Clock clock;
    private boolean recorded;
    private String told = "";

    /**
     * A sweep.
     *
     * @param synced whether this process is the leader and all of its watches are well
     */
    public RemovalSweep(
            KubernetesClient client,
            String namespace,
            Caches caches,
            ChainSpecs specs,
            Triggers triggers,
            Assignments assignments,
            Events events,
            OperatorMetrics metrics,
            BooleanSupplier synced,
            Clock clock) {
        this.client = client;
        this.caches = caches;
        this.triggers = triggers;
        this.assignments = assignments;
        candidates = new RemovalCandidates(caches, specs);
        state = new RemovalState(client, namespace);
        this.events = events;
        this.metrics = metrics;
        this.synced = synced;
        this.clock = clock;
    }

    /** One look; for a scheduler, which an exception would end. */
    @Override
    public void run() {
        if (!synced.getAsBoolean()) {
            return;
        }
        try {
            sweep(clock.instant());
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("what may be taken out could not be found out; nothing is");
        }
    }

    private void sweep(Instant now) {
        Set<Pair> assigned = assigned();
        List<Candidate> found = candidates.among(assigned, now);
        boolean due = found.stream().anyMatch(c -> Removals.due(c, now));
        recorded &= found.isEmpty();
        if (recorded || (!due && !found.isEmpty())) {
            return;
        }
        Supplier<Set<String>> listed = once(this::list);
        List<Candidate> candidatesNow =
                found.stream().map(c -> ask(c, listed, now)).toList();
        RemovalState.Known known = state.read();
        Guards guards = new Guards(synced.getAsBoolean(), crd(), known.crdUid());
        RemovalDecision decision = Removals.decide(assigned, candidatesNow, guards, known.confirmed(), now);
        carryOut(decision);
        boolean asked = known.held().isPresent() || known.confirmed().isPresent();
        if (asked && decision.held().isEmpty() && decision.kept().isEmpty()) {
            state.clearHeld(); // carried out, or the chains are back
        }
        int missing = (int) found.stream().filter(ChainGone.class::isInstance).count();
        guards.uidToRecord(missing).ifPresent(state::recordCrd);
        recorded = found.isEmpty() && guards.objection().isEmpty();
    }

    /** What is assigned and not let through yet: that is on its way out, and asking about it again would hold what a person confirmed. */
    private Set<Pair> assigned() {
        return caches.objects().stream()
                .flatMap(o -> o.getSpec().assignments().stream()
                        .map(a -> new Pair(a.chain(), o.getMetadata().getName())))
                .filter(p -> !assignments.isRemoved(p.chain(), p.node()))
                .collect(Collectors.toSet());
    }

    private void carryOut(RemovalDecision decision) {
        Set<Pair> through = assignments.remove(decision.remove(), candidates::isStill);
        through.stream().map(Pair::node).distinct().forEach(triggers::node);
        through.stream()
                .map(Pair::chain)
                .distinct()
                .forEach(chain -> LOG.atInfo().addKeyValue("chain", chain).log("a chain is taken out of nodes"));
        metrics.removalHeld(decision.held().map(Held::assignments).orElse(0));
        String news = decision.kept().toString() + decision.held();
        if (!news.equals(told)) {
            decision.kept()
                    .forEach(k -> LOG.atWarn()
                            .addKeyValue("chain", k.chain())
                            .addKeyValue("why", k.why())
                            .log("nothing asks for a chain any more, and it stays on its nodes"));
            decision.held().ifPresent(this::tellHeld);
            told = news;
        }
    }

    private void tellHeld(Held held) {
        state.recordHeld(held);
        String note =
                "%d of %d assignments (chains %s) are not asked for any more and stay: %s. To let them go: kubectl bpfchain"
                                .formatted(
                                        held.assignments(), held.ofAll(), String.join(", ", held.chains()), held.why())
                        + " confirm-removal " + held.token();
        LOG.atError()
                .addKeyValue("token", held.token())
                .addKeyValue("why", held.why())
                .log(note);
        held.chains().stream().limit(1).forEach(chain -> events.removalHeld(chain, note));
    }

    private Candidate ask(Candidate candidate, Supplier<Set<String>> listed, Instant now) {
        if (!Removals.due(candidate, now)) {
            return candidate;
        }
        return switch (candidate) {
            case NodeDeselected deselected -> deselected;
            case ChainGone(String chain, Instant since, Live live) -> new ChainGone(chain, since, live(chain, listed));
        };
    }

    /**
     * A 404 alone may be about the kind; a list of the kind that succeeds and does not have the chain says that it is about the chain.
     *
     * @param listed the names in that list, asked for after the first 404
     */
    private Live live(String chain, Supplier<Set<String>> listed) {
        if (client.resources(ChainObject.class).withName(chain).get() != null) {
            return Live.Found;
        }
        return listed.get().contains(chain) ? Live.Found : Live.NotFound;
    }

    private Set<String> list() {
        return client.resources(ChainObject.class).list().getItems().stream()
                .map(ChainObject::name)
                .collect(Collectors.toSet());
    }

    private static <T> Supplier<T> once(Supplier<T> question) {
        AtomicReference<@Nullable T> answer = new AtomicReference<>();
        return () -> {
            T known = answer.get();
            if (known == null) {
                known = question.get();
                answer.set(known);
            }
            return known;
        };
    }

    private Optional<Crd> crd() {
        return Optional.ofNullable(client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(CRD)
                        .get())
                .map(RemovalSweep::crd);
    }

    private static Crd crd(CustomResourceDefinition crd) {
        boolean established = Optional.ofNullable(crd.getStatus()).stream()
                .flatMap(s -> Stream.ofNullable(s.getConditions())) // null in the first moment
                .flatMap(List::stream)
                .anyMatch(
                        c -> c.getType().equals("Established") && c.getStatus().equals("True"));
        return new Crd(
                crd.getMetadata().getUid(), established, crd.getMetadata().getDeletionTimestamp() != null);
    }
}
