package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Sha256;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what they would want to know, as Events, one after the other, a moment later: what nodes wait for is written before. One
 * that cannot be written is logged and changes nothing.
 */
public final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    /** Events about cluster-scoped objects are in this namespace. */
    private static final String NAMESPACE = "default";

    private static final Set<String> WARNINGS = Set.of(
            "RolloutStopped", "NodesRefused", "InvalidSpec", "SourceUnavailable", "NodesUnreachable", "NodesSilent");

    private static final int LONGEST_NOTE = 1024;
    private static final int DIGITS_IN_NAME = 16;
    private static final int MOST_WAITING = 1000;
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final String instance;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor writer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("events").factory());

    public Events(KubernetesClient client, String instance, Clock clock) {
        this.client = client;
        this.instance = instance;
        this.clock = clock;
        writer.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        writer.allowCoreThreadTimeOut(true);
    }

    /** What is new between two statuses of a chain. */
    void changed(ChainObject chain, Optional<CgroupProgramChainStatus> before, CgroupProgramChainStatus after) {
        Optional<RevisionStatus> target = Optional.ofNullable(after.target());
        if (target.isPresent()
                && !target.map(RevisionStatus::number)
                        .equals(before.map(CgroupProgramChainStatus::target).map(RevisionStatus::number))) {
            String note =
                    "Revision " + target.get().number() + " is " + target.get().name() + ".";
            write(reference(chain), false, "NewRevision", "Resolve", note);
        }
        Optional<String> reason = before.flatMap(ChainStatusWriter::ready).map(Condition::reason);
        ChainStatusWriter.ready(after)
                .filter(c -> !reason.equals(Optional.of(c.reason())))
                .filter(c -> !c.reason().equals("Progressing"))
                .ifPresent(c ->
                        write(reference(chain), WARNINGS.contains(c.reason()), c.reason(), "Rollout", c.message()));
    }

    /** A removal of this chain, among others, waits for a person. */
    void removalHeld(String chain, String note) {
        write(reference(chain).build(), true, "MassRemovalHeld", "Remove", note);
    }

    private static ObjectReferenceBuilder reference(String chain) {
        return new ObjectReferenceBuilder()
                .withApiVersion(CgroupProgramChain.GROUP + "/" + CgroupProgramChain.VERSION)
                .withKind("CgroupProgramChain")
                .withName(chain);
    }

    private static ObjectReference reference(ChainObject chain) {
        return reference(chain.name()).withUid(chain.uid()).build();
    }

    /**
     * What a node says about a chain. The API server keeps one for each node, revision and reason, for as long as it keeps Events: what is
     * tried again and again is told once.
     */
    void complaint(ChainObject chain, String node, ChainReport report, String reason) {
        String subject = Sha256.hex(Sha256.of(
                String.join(" ", chain.uid(), node, report.digest(), reason).getBytes(StandardCharsets.UTF_8)));
        String message =
                Objects.requireNonNullElse(report.message(), report.state().name());
        String revision = "revision " + report.revision() + ": ";
        // the agent begins with it where the message is about a place in the chain
        String note = "Node " + node + ", " + (message.startsWith(revision) ? "" : revision) + message;
        EventBuilder event = event(reference(chain), true, reason, "Apply", note)
                .withNewRelated()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .endRelated()
                .editMetadata()
                .withGenerateName(null)
                .withName(chain.name() + "." + subject.substring(0, DIGITS_IN_NAME))
                .endMetadata();
        create(event, chain.name(), reason);
    }

    private void write(ObjectReference regarding, boolean warning, String reason, String action, String note) {
        create(event(regarding, warning, reason, action, note), regarding.getName(), reason);
    }

    private EventBuilder event(ObjectReference regarding, boolean warning, String reason, String action, String note) {
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(regarding.getName() + "-")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(
                        clock.instant().truncatedTo(ChronoUnit.MICROS).toString()))
                .withReportingController("bpfchain.io/operator")
                .withReportingInstance(instance)
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
                .withAction(action)
                .withNote(note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE - 3) + "...")
                .withRegarding(regarding);
    }

    private void create(EventBuilder event, String chain, String reason) {
        Event told = event.build();
        try {
            if (writer.getQueue().size() >= MOST_WAITING) {
                throw new RejectedExecutionException(MOST_WAITING + " others wait to be written");
            }
            var _ = writer.schedule(() -> post(told, chain, reason), AFTER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            warn(chain, reason, e);
        }
    }

    private void post(Event event, String chain, String reason) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) { // otherwise it was told before
                warn(chain, reason, e);
            }
        }
    }

    private static void warn(String chain, String reason, RuntimeException why) {
        LOG.atWarn()
                .addKeyValue("chain", chain)
                .addKeyValue("reason", reason)
                .setCause(why)
                .log("an Event could not be written");
    }

    /** Writes what was told before, as far as that is done soon. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
