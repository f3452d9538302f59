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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/**
 * Writes the status of chains: what did not change is not written, and what only changed in its counts at most twice a second. What nodes
 * wait for goes first: a status that only says that they have begun waits for a moment, in which most of them answer, and where many chains
 * change at the same time most of them come again a little later. The write names the chain's uid, so that it cannot reach a chain that was
 * re-created under the name.
 */
final class ChainStatusWriter {
    private static final Duration BETWEEN_COUNTS = Duration.ofMillis(500);
    private static final Duration CROWDED = Duration.ofMillis(200);
    private static final Duration NODES_ANSWER = Duration.ofMillis(250);
    private static final int MOST_AT_A_TIME = 2;
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Names.FIELD_MANAGER)
            .withForce(true)
            .build();

    private final BiConsumer<ChainObject, CgroupProgramChainStatus> patch;
    private final Semaphore writing = new Semaphore(MOST_AT_A_TIME);
    private final Map<String, Written> last = new ConcurrentHashMap<>();

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

    ChainStatusWriter(KubernetesClient client) {
        this((chain, status) -> patch(client, chain, status));
    }

    /** Writes in another way. */
    ChainStatusWriter(BiConsumer<ChainObject, CgroupProgramChainStatus> patch) {
        this.patch = patch;
    }

    Outcome write(ChainObject chain, CgroupProgramChainStatus status, Haste haste, Instant now) {
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
        if (!writing.tryAcquire()) {
            return new Outcome.Later(CROWDED);
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
