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

/**
 * Writes the status of chains: what did not change is not written, and what only changed in its counts at most twice a second. Where many
 * chains change at the same time most of them come again a little later: what nodes wait for goes first. The write names the chain's uid, so that it cannot reach a chain that was re-created under the name.
 */
final class ChainStatusWriter {
    private static final Duration BETWEEN_COUNTS = Duration.ofMillis(500);
    private static final Duration CROWDED = Duration.ofMillis(50);
    private static final int MOST_AT_A_TIME = 2;
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Names.FIELD_MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Semaphore writing = new Semaphore(MOST_AT_A_TIME);
    private final Map<String, Written> last = new ConcurrentHashMap<>();

    private record Written(CgroupProgramChainStatus status, Instant at) {}

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
        this.client = client;
    }

    Outcome write(ChainObject chain, CgroupProgramChainStatus status, Instant now) {
        Optional<Written> known = Optional.ofNullable(last.get(chain.uid()));
        Optional<CgroupProgramChainStatus> before = known.map(Written::status).or(chain::known);
        if (before.filter(status::equals).isPresent()) {
            return new Outcome.Unchanged();
        }
        Optional<Instant> earliest = known.filter(w -> outline(w.status()).equals(outline(status)))
                .map(w -> w.at().plus(BETWEEN_COUNTS))
                .filter(now::isBefore);
        if (earliest.isPresent()) {
            return new Outcome.Later(Duration.between(now, earliest.get()));
        }
        if (!writing.tryAcquire()) {
            return new Outcome.Later(CROWDED);
        }
        try {
            patch(chain, status);
        } finally {
            writing.release();
        }
        last.put(chain.uid(), new Written(status, now));
        return new Outcome.Written(before);
    }

    private void patch(ChainObject chain, CgroupProgramChainStatus status) {
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
