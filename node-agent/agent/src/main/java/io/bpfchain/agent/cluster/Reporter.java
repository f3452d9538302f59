package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.agent.cluster.ClusterApi.Written;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells the node's object, the metrics and the log what the kernel runs of what was assigned. For one thread. */
final class Reporter {
    private final ClusterApi api;
    private final Host host;
    private final Keeper keeper;
    private final NodeReport.Agent self;
    private final AgentMetrics metrics;
    private final Clock clock;
    private final Logger log;

    private @Nullable CgroupProgramNodeStatus reported;
    private Set<String> strays = Set.of();

    Reporter(
            ClusterApi api,
            Host host,
            Keeper keeper,
            NodeReport.Agent self,
            AgentMetrics metrics,
            Clock clock,
            Logger log) {
        this.api = api;
        this.host = host;
        this.keeper = keeper;
        this.self = self;
        this.metrics = metrics;
        this.clock = clock;
        this.log = log;
    }

    /** The API server may not have the last report any more: the next is written also where it is the same. */
    void forget() {
        reported = null;
    }

    /**
     * Reports, where there is news and an object that asks for it.
     *
     * @param object the newest that was seen
     * @return false where it is to be tried again
     */
    boolean report(List<ChainStatus> statuses, Optional<NodeObject> object) {
        if (keeper.memory().isEmpty()) {
            return true;
        }
        NodeMemory memory = keeper.memory().get();
        tellStrays(memory, statuses);
        metrics.observed(
                keeper.chains(), statuses, strays.size() + memory.unlisted().size());
        boolean pending = keeper.chains().values().stream().anyMatch(k -> k.verdict() instanceof Verdict.Pending);
        if (object.isEmpty() || !object.get().uid().equals(memory.objectUid()) || pending) {
            return true; // nobody to tell yet
        }
        Draining draining = Draining.of(memory, keeper.stuck(), statuses, host::unclaimed);
        CgroupProgramNodeStatus status =
                NodeReport.of(self, memory, keeper.chains(), keeper.stuck(), statuses, draining, clock.instant());
        return !NodeReport.isNews(status, reported) || write(memory.objectUid(), status);
    }

    private boolean write(String objectUid, CgroupProgramNodeStatus status) {
        return switch (api.report(objectUid, status)) {
            case Written.Done _ -> {
                reported = status;
                yield true;
            }
            case Written.Failed(String why) -> {
                metrics.reportFailed();
                log.atWarn().addKeyValue("why", why).log("could not report; tries again");
                yield false;
            }
        };
    }

    /** Chains that this cluster once had assigned and of which nothing is known any more, because the memory was lost. */
    private void tellStrays(NodeMemory memory, List<ChainStatus> statuses) {
        Set<String> found = new TreeSet<>();
        statuses.stream()
                .filter(s -> s.manager().startsWith(NodeMemory.manager("")))
                .map(ChainStatus::name)
                .filter(c ->
                        !memory.assigned().containsKey(c) && !memory.released().contains(c))
                .forEach(found::add);
        if (!found.equals(strays)) {
            strays = Set.copyOf(found);
            if (!found.isEmpty()) {
                log.atWarn()
                        .addKeyValue("chains", String.join(", ", found))
                        .log(
                                "chains are attached that an earlier agent was assigned and that nothing is remembered of; they stay until"
                                        + " somebody takes them out (bpfchain delete chain NAME --force, on the node)");
            }
        }
    }
}
