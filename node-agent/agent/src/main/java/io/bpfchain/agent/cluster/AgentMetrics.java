package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ListedEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What Prometheus is told of one node: per program, per hook and per update. */
public final class AgentMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MultiGauge programs = MultiGauge.builder("bpfchain.program.cgroups")
            .description("At how many cgroups a program of a chain is attached.")
            .register(registry);
    private final MultiGauge hooks = MultiGauge.builder("bpfchain.hook.entries")
            .description("How many programs are attached at a hook of an assigned chain, ours and foreign ones.")
            .register(registry);
    private final MultiGauge chains = MultiGauge.builder("bpfchain.chain.running")
            .description("1 where this node runs what is assigned, 0 where it does not.")
            .register(registry);
    private final Timer updates = Timer.builder("bpfchain.update")
            .description("How long it took from checked bytes to attached and read back.")
            .register(registry);
    private final Counter repairs = Counter.builder("bpfchain.repairs")
            .description("Chains that were brought back after somebody else had changed a hook.")
            .register(registry);
    private final Counter reportsFailed = Counter.builder("bpfchain.reports.failed")
            .description("Reports that the API server did not take.")
            .register(registry);
    private final AtomicInteger unassigned = new AtomicInteger();
    private final AtomicInteger watchesLost = new AtomicInteger();

    public AgentMetrics() {
        Gauge.builder("bpfchain.watches.lost", watchesLost, AtomicInteger::get)
                .description("Watches of the API server that are not there at the moment: what changes is not seen.")
                .register(registry);
        Gauge.builder("bpfchain.chains.unassigned", unassigned, AtomicInteger::get)
                .description("Chains that an earlier agent attached and of which nothing is remembered; they stay.")
                .register(registry);
    }

    /** An assignment was tried, with this result. */
    void updated(String result) {
        Counter.builder("bpfchain.updates")
                .description("Tries of an assignment by result: Running, Refused, Failed.")
                .tag("result", result)
                .register(registry)
                .increment();
    }

    /** Takes the time of an update. */
    <T> T timed(Supplier<T> work) {
        return Objects.requireNonNull(updates.record(work));
    }

    void repaired(int count) {
        repairs.increment(count);
    }

    void reportFailed() {
        reportsFailed.increment();
    }

    void watchesLost(int count) {
        watchesLost.set(count);
    }

    /** What the kernel runs now. */
    void observed(Map<String, Kept> kept, List<ChainStatus> statuses, int withoutAssignment) {
        unassigned.set(withoutAssignment);
        chains.register(
                kept.entrySet().stream()
                        .map(k -> MultiGauge.Row.of(
                                Tags.of("chain", k.getKey()),
                                k.getValue().verdict() instanceof Verdict.Running ? 1 : 0))
                        .toList(),
                true);
        List<MultiGauge.Row<?>> perProgram = new ArrayList<>();
        Map<Tags, Integer> perHook = new LinkedHashMap<>();
        for (ChainStatus chain : statuses) {
            chain.programs()
                    .forEach(p -> perProgram.add(MultiGauge.Row.of(
                            Tags.of("chain", chain.name(), "program", p.name(), "version", p.version()),
                            chain.hooks().size())));
            for (ChainStatus.HookStatus hook : chain.hooks()) {
                Tags at = Tags.of("cgroup", hook.cgroup(), "attach_type", chain.attachType());
                long ours = hook.runs().stream()
                        .filter(ListedEntry.Ours.class::isInstance)
                        .count();
                long foreign = hook.runs().stream()
                        .filter(ListedEntry.Foreign.class::isInstance)
                        .count();
                perHook.put(at.and("owner", "bpfchain"), Math.toIntExact(ours));
                perHook.put(at.and("owner", "foreign"), Math.toIntExact(foreign));
            }
        }
        programs.register(perProgram, true);
        hooks.register(
                perHook.entrySet().stream()
                        .map(e -> MultiGauge.Row.of(e.getKey(), e.getValue()))
                        .toList(),
                true);
    }

    /** In Prometheus' text format. */
    public String text() {
        return registry.scrape();
    }
}
