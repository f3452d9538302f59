package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.Condition;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes the status of chains: what did not change is not written, and what only changed in its counts at most twice a second. What nodes
 * wait for goes first: a status that only says that they have begun waits for a moment, in which most of them answer, and where many chains
 * change at the same time they stand in line, and the next one is called when there is room. The write names the chain's uid, so that it
 * cannot reach a chain that was re-created under the name.
 */
final class ChainStatusWriter {
    private static final Duration BETWEEN_COUNTS = Duration.ofMillis(500);

    /** As long as a node takes for some dozens of new chains, so that their statuses are no work in between. */
    private static final Duration NODES_ANSWER = Duration.ofSeconds(3);

    /** When who stands in line looks by itself: it may have been called while its chain was being deleted, for example. */
    private static final Duration NOT_CALLED = Duration.ofSeconds(2);

    private static final int MOST_AT_A_TIME = 2;
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Names.FIELD_MANAGER)
            .withForce(true)
            .build();

    private final BiConsumer<ChainObject, CgroupProgramChainStatus> patch;
    private final Consumer<String> call;
    private final Semaphore writing = new Semaphore(MOST_AT_A_TIME);
    private final Map<String, Written> last = new ConcurrentHashMap<>();

    /** Names of chains whose status is to be written and found no room. */
    private final Set<String> line = new LinkedHashSet<>();

    /** Since when a status waits for what nodes answer, by the chain's uid. */
    private final Map<String, Instant> begun = new ConcurrentHashMap<>();

    private record Written(CgroupProgramChainStatus status, Instant at) {}

    /** How soon a status is to be read. */
    enum Haste {
        /** It is the only place that something is written down in. */
        NOW,
        /** It may wait for what nodes answer. */
        AFTER_NODES
    }

    /** What became of a status. */
    sealed interface Outcome {
        /** It is there. */
        record Written(Optional<CgroupProgramChainStatus> before) implements Outcome {}

        /** It was there already. */
        record Unchanged() implements Outcome {}

        /** It is too early; the caller comes again. */
        record Later(Duration in) implements Outcome {}
    }

    /**
     * Writes to an API server.
     *
     * @param call makes a chain's reconciler come again, by the chain's name
     */
    ChainStatusWriter(KubernetesClient client, Consumer<String> call) {
        this((chain, status) -> patch(client, chain, status), call);
    }

    /** Writes in another way. */
    ChainStatusWriter(BiConsumer<ChainObject, CgroupProgramChainStatus> patch, Consumer<String> call) {
        this.patch = patch;
        this.call = call;
    }

    /** Writes, where it is time and there is room. Who was called and has nothing to write any more leaves the room to the next one. */
    Outcome write(ChainObject chain, CgroupProgramChainStatus status, Haste haste, Instant now) {
        try {
            return writeOrWait(chain, status, haste, now);
        } finally {
            if (writing.availablePermits() > 0) {
                next().ifPresent(call);
            }
        }
    }

    private Optional<String> next() {
        synchronized (line) {
            Iterator<String> first = line.iterator();
            if (!first.hasNext()) {
                return Optional.empty();
            }
            String name = first.next();
            first.remove();
            return Optional.of(name);
        }
    }

    /** Whether there is room; who finds none stands in line, and looks once more, because it may have become free before that. */
    private boolean enter(String chain) {
        if (writing.tryAcquire()) {
            return true;
        }
        synchronized (line) {
            line.add(chain);
        }
        if (!writing.tryAcquire()) {
            return false;
        }
        synchronized (line) {
            line.remove(chain);
        }
        return true;
    }

    private Outcome writeOrWait(ChainObject chain, CgroupProgramChainStatus status, Haste haste, Instant now) {
        Optional<Written> known = Optional.ofNullable(last.get(chain.uid()));
        Optional<CgroupProgramChainStatus> before = known.map(Written::status).or(chain::known);
        if (before.filter(status::equals).isPresent()) {
            begun.remove(chain.uid());
            return new Outcome.Unchanged();
        }
        boolean onlyCounts =
                known.filter(w -> outline(w.status()).equals(outline(status))).isPresent();
        Optional<Instant> earliest = (onlyCounts
                        ? known.map(w -> w.at().plus(BETWEEN_COUNTS))
                        : answered(chain, status, haste, now))
                .filter(now::isBefore);
        if (earliest.isPresent()) {
            return new Outcome.Later(Duration.between(now, earliest.get()));
        }
        if (!enter(chain.name())) {
            return new Outcome.Later(NOT_CALLED);
        }
        try {
            patch.accept(chain, status);
        } finally {
            writing.release();
        }
        begun.remove(chain.uid());
        last.put(chain.uid(), new Written(status, now));
        return new Outcome.Written(before);
    }

    /** Until when the nodes that have begun may answer. */
    private Optional<Instant> answered(ChainObject chain, CgroupProgramChainStatus status, Haste haste, Instant now) {
        if (haste == Haste.NOW || !isProgressing(status)) {
            return Optional.empty();
        }
        return Optional.of(begun.computeIfAbsent(chain.uid(), c -> now).plus(NODES_ANSWER));
    }

    private static boolean isProgressing(CgroupProgramChainStatus status) {
        return ready(status).filter(c -> c.reason().equals("Progressing")).isPresent();
    }

    private static void patch(KubernetesClient client, ChainObject chain, CgroupProgramChainStatus status) {
        ChainObject fresh = new ChainObject();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(chain.name())
                .withUid(chain.uid())
                .build());
        fresh.setStatus(status);
        client.resource(fresh).subresource("status").patch(APPLY);
    }

    void forget(String uid) {
        last.remove(uid);
        begun.remove(uid);
    }

    /** All but the counts. */
    private static List<Object> outline(CgroupProgramChainStatus status) {
        return List.of(
                status.observedGeneration(),
                status.conditions().stream()
                        .map(c -> c.type() + c.status() + c.reason())
                        .toList(),
                Optional.ofNullable(status.target()),
                Optional.ofNullable(status.current()));
    }

    /** The condition that a chain always has. */
    static Optional<Condition> ready(CgroupProgramChainStatus status) {
        return status.conditions().stream()
                .filter(c -> c.type().equals("Ready"))
                .findFirst();
    }
}
