package io.bpfchain.operator.reconcile;

import io.bpfchain.operator.rollout.Decision.Counts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The figures of the operator. */
public final class OperatorMetrics implements Metrics {
    private final MeterRegistry registry;
    private final MultiGauge nodes;
    private final Counter nodeWrites;
    private final Counter statusWrites;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger leading = new AtomicInteger();
    private final AtomicInteger watchesLost = new AtomicInteger();
    private final Map<String, Counts> chains = new ConcurrentHashMap<>();

    public OperatorMetrics(MeterRegistry registry) {
        this.registry = registry;
        nodes = MultiGauge.builder("bpfchain.chain.nodes")
                .description("Nodes of a chain by state: desired, updated, ready, failed, unreachable.")
                .register(registry);
        nodeWrites = Counter.builder("bpfchain.node.writes")
                .description("Writes of nodes' objects.")
                .register(registry);
        statusWrites = Counter.builder("bpfchain.chain.status.writes")
                .description("Writes of chains' status.")
                .register(registry);
        Gauge.builder("bpfchain.mass.removal.held", held, AtomicInteger::get)
                .description("Assignments whose removal waits for a confirmation.")
                .register(registry);
        Gauge.builder("bpfchain.leader", leading, AtomicInteger::get)
                .description("1 while this process is the leader.")
                .register(registry);
        Gauge.builder("bpfchain.watches.lost", watchesLost, AtomicInteger::get)
                .description("Watches of the API server that are not there at the moment: what changes is not seen.")
                .register(registry);
    }

    void chain(String chain, Counts counts) {
        if (!counts.equals(chains.put(chain, counts))) {
            publish();
        }
    }

    void forget(String chain) {
        chains.remove(chain);
        publish();
    }

    private synchronized void publish() {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        chains.forEach((chain, c) -> {
            rows.add(row(chain, "desired", c.desired()));
            rows.add(row(chain, "updated", c.updated()));
            rows.add(row(chain, "ready", c.ready()));
            rows.add(row(chain, "failed", c.failed()));
            rows.add(row(chain, "unreachable", c.unknown()));
        });
        nodes.register(rows, true);
    }

    private static MultiGauge.Row<?> row(String chain, String state, int count) {
        return MultiGauge.Row.of(Tags.of("chain", chain, "state", state), count);
    }

    void nodeWritten() {
        nodeWrites.increment();
    }

    void statusWritten() {
        statusWrites.increment();
    }

    void removalHeld(int assignments) {
        held.set(assignments);
    }

    public void watchesLost(int count) {
        watchesLost.set(count);
    }

    public void leading(boolean now) {
        leading.set(now ? 1 : 0);
    }

    @Override
    public void failedReconciliation(HasMetadata resource, Exception exception, Map<String, Object> metadata) {
        count("bpfchain.reconcile.failures", "Reconciliations that ended with an error and are tried again.", resource);
    }

    @Override
    public void finishedReconciliation(HasMetadata resource, Map<String, Object> metadata) {
        count("bpfchain.reconciles", "Reconciliations that were done.", resource);
    }

    private void count(String name, String description, HasMetadata resource) {
        Counter.builder(name)
                .description(description)
                .tag("kind", resource.getKind())
                .register(registry)
                .increment();
    }
}
