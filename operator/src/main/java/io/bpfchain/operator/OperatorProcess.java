package io.bpfchain.operator;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.operator.cluster.ApiVersion;
import io.bpfchain.operator.cluster.Assignments;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Lead;
import io.bpfchain.operator.cluster.LeanStore;
import io.bpfchain.operator.cluster.Names;
import io.bpfchain.operator.cluster.Triggers;
import io.bpfchain.operator.reconcile.Answers;
import io.bpfchain.operator.reconcile.ChainReconciler;
import io.bpfchain.operator.reconcile.ChainSpecs;
import io.bpfchain.operator.reconcile.Events;
import io.bpfchain.operator.reconcile.NodeComplaints;
import io.bpfchain.operator.reconcile.NodeObjectReconciler;
import io.bpfchain.operator.reconcile.NodeReconciler;
import io.bpfchain.operator.reconcile.OperatorMetrics;
import io.bpfchain.operator.reconcile.RemovalSweep;
import io.bpfchain.operator.registry.RegistryArtifacts;
import io.bpfchain.operator.revision.Revisions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator, wired by hand: what {@link Main} starts. */
public final class OperatorProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final Duration SWEEP = Duration.ofSeconds(2);
    private static final Duration TIDY = Duration.ofSeconds(10);
    private static final Duration RECHECK = Duration.ofSeconds(5);

    /** Of caches: reconcilers that began before everything is listed would take what is not listed yet for absent. */
    private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(365);

    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** What came out of a cache is never changed here, so no reconciler needs a copy: each would be written to JSON and read again. */
    private static final Cloner NO_COPIES = new Cloner() {
        @Override
        public <R extends HasMetadata> R clone(R object) {
            return object;
        }
    };

    private final KubernetesClient client;
    private final Operator operator;
    private final Endpoints endpoints;
    private final OperatorMetrics metrics;
    private final Events events;
    private final Lead lead;
    private final ScheduledExecutorService sweeps = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("removals").factory());
    private final AtomicBoolean leading = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Runnable onLeadershipLost;
    private final List<ScheduledFuture<?>> sweeping;

    /**
     * Starts.
     *
     * @param onLeadershipLost called when another process may lead now, so that this one must not go on
     */
    public static OperatorProcess start(
            OperatorConfiguration configuration, KubernetesClient client, Clock clock, Runnable onLeadershipLost)
            throws IOException {
        OperatorProcess process = new OperatorProcess(configuration, client, clock, onLeadershipLost);
        try {
            process.operator.start();
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
        process.started.set(true);
        LOG.atInfo()
                .addKeyValue("namespace", configuration.namespace())
                .addKeyValue("identity", configuration.identity())
                .log("the operator has started");
        return process;
    }

    private OperatorProcess(
            OperatorConfiguration configuration, KubernetesClient client, Clock clock, Runnable onLeadershipLost)
            throws IOException {
        this.client = client;
        this.onLeadershipLost = onLeadershipLost;
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics = new OperatorMetrics(registry);
        events = new Events(client, configuration.identity(), clock);
        lead = new Lead(client, configuration.namespace(), configuration.lease(), configuration.identity(), clock);
        operator = new Operator(o -> configure(o, configuration));
        endpoints = Endpoints.serve(configuration.httpPort(), () -> !stopping.get(), this::isWell, registry::scrape);
        sweeping = register(configuration, clock);
    }

    private void configure(ConfigurationServiceOverrider overrider, OperatorConfiguration configuration) {
        overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withResourceCloner(NO_COPIES)
                .withConcurrentReconciliationThreads(configuration.threads())
                .withStopOnInformerErrorDuringStartup(false)
                .withCacheSyncTimeout(AS_LONG_AS_IT_TAKES)
                .withInformerStoppedHandler((informer, cause) -> informerStopped(cause))
                .withUseSSAToPatchPrimaryResource(true)
                .withMetrics(metrics)
                .withLeaderElectionConfiguration(election(configuration));
    }

    private LeaderElectionConfiguration election(OperatorConfiguration configuration) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(configuration.lease())
                .withLeaseNamespace(configuration.namespace())
                .withIdentity(configuration.identity())
                .withLeaderCallbacks(new LeaderCallbacks(this::lead, this::follow, leader -> {}))
                .withExitOnStopLeading(false)
                .build();
    }

    private List<ScheduledFuture<?>> register(OperatorConfiguration configuration, Clock clock) {
        Caches caches = new Caches();
        ChainSpecs specs = new ChainSpecs();
        Triggers triggers = new Triggers();
        Assignments assignments = new Assignments();
        Answers answers = new Answers();
        Revisions revisions = new Revisions(client, configuration.namespace());
        operator.register(
                new NodeObjectReconciler(
                        client,
                        caches,
                        triggers,
                        assignments,
                        answers,
                        new NodeComplaints(caches, events, clock),
                        configuration.nodeGone(),
                        clock),
                c -> common(c, CgroupProgramNode.class, LeanStore.ofObjects()));
        operator.register(
                new NodeReconciler(client, caches, triggers, assignments, lead::isHeld, metrics, clock),
                c -> common(c, Node.class, LeanStore.ofNodes()));
        operator.register(
                new ChainReconciler(
                        client,
                        caches,
                        specs,
                        triggers,
                        assignments,
                        answers,
                        revisions,
                        new RegistryArtifacts(configuration.registries(), fetches(configuration.threads())),
                        events,
                        metrics,
                        clock),
                c -> common(c, ChainObject.class, LeanStore.ofObjects()));
        RemovalSweep sweep = new RemovalSweep(
                client,
                configuration.namespace(),
                caches,
                specs,
                triggers,
                assignments,
                events,
                metrics,
                this::isSynced,
                clock);
        return List.of(
                every(RECHECK, new ApiVersion(client, this::setBack)),
                every(RECHECK, lead),
                every(RECHECK, this::countWatches),
                every(SWEEP, sweep),
                every(TIDY, IdleHeap.ofProcess()));
    }

    /** How many threads may wait for registries: the others go on with nodes. */
    private static int fetches(int threads) {
        return Math.max(1, threads / 3);
    }

    private ScheduledFuture<?> every(Duration time, Runnable task) {
        return sweeps.scheduleWithFixedDelay(task, time.toMillis(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Every change of an object is looked at, also of its status and its end: what matters is decided by the reconcilers. */
    private static <P extends HasMetadata> void common(
            ControllerConfigurationOverrider<P> controller, Class<P> kind, LeanStore<P> store) {
        controller
                .withName(kind.getSimpleName().toLowerCase(Locale.ROOT))
                .withFieldManager(Names.FIELD_MANAGER)
                .withGenerationAware(false)
                .withItemStore(store)
                .withTriggerReconcilerOnAllEvents(true)
                .withRetry(new GenericRetry()
                        .setInitialInterval(FIRST_RETRY)
                        .setIntervalMultiplier(2)
                        .setMaxInterval(LAST_RETRY.toMillis())
                        .withoutMaxAttempts());
    }

    private void lead() {
        lead.run();
        leading.set(true);
        metrics.leading(true);
        LOG.atInfo().log("this process leads");
    }

    private void follow() {
        leading.set(false);
        metrics.leading(false);
        if (!stopping.get()) {
            LOG.atError().log("this process does not lead any more and ends");
            onLeadershipLost.run();
        }
    }

    private void informerStopped(Throwable cause) {
        if (!stopping.get()) {
            LOG.atError().setCause(cause).log("a watch has ended for good; the process ends and starts anew");
            onLeadershipLost.run();
        }
    }

    private void setBack(String before, String now) {
        if (!stopping.get()) {
            LOG.atError()
                    .addKeyValue("before", before)
                    .addKeyValue("now", now)
                    .log(
                            "the API server was set back to an earlier state, and watches of before are silent; the process ends and"
                                    + " starts anew");
            onLeadershipLost.run();
        }
    }

    private boolean isSynced() {
        return leading.get() && lead.isHeld() && isWell();
    }

    private boolean isWell() {
        return started.get() && !stopping.get() && operator.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    /** Readiness says the same and nobody may look at it; before all is listed it is all that there is to say. */
    private void countWatches() {
        metrics.watchesLost(
                started.get() && !stopping.get()
                        ? operator.getRuntimeInfo().unhealthyEventSources().values().stream()
                                .mapToInt(Map::size)
                                .sum()
                        : 0);
    }

    /** Whether this process is the leader. */
    public boolean isLeading() {
        return leading.get();
    }

    /** The port of health, readiness and metrics. */
    public int port() {
        return endpoints.port();
    }

    /** Gives up the lead and stops. A write that is under way is made or not; nothing else in the cluster changes by it. */
    @Override
    public void close() {
        if (stopping.getAndSet(true)) {
            return;
        }
        sweeping.forEach(s -> s.cancel(false));
        sweeps.shutdown();
        operator.stop();
        events.close();
        endpoints.close();
        LOG.atInfo().log("the operator has stopped");
    }
}
