package io.bpfchain.cluster;

import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.cluster.AgentMetrics;
import io.bpfchain.agent.cluster.AgentSettings;
import io.bpfchain.agent.cluster.ClusterApi;
import io.bpfchain.agent.cluster.NodeAgent;
import io.bpfchain.agent.cluster.NodeCgroups;
import io.bpfchain.agent.cluster.NodeReport;
import io.bpfchain.agent.cluster.Pods;
import io.bpfchain.agent.cluster.api.KubernetesApi;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.revision.Ability;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.helpers.NOPLogger;

/** The agent of a node, with its own token, connections and watch: all of it is what runs in a pod, but for the machine. */
final class AgentOfANode implements AutoCloseable {
    private static final int REQUEST_MILLIS = 30_000;

    private final Counting api;
    private final NodeAgent agent;
    private final Thread thread;

    /**
     * What agents of one process share.
     *
     * @param cgroups instead of the machine's
     * @param service that nothing is told to
     * @param machineId a file
     */
    record Shared(MountedCgroups cgroups, WatchService service, Path machineId, Path state) {}

    /**
     * Starts it.
     *
     * @param config with a token for this node
     */
    AgentOfANode(String node, Config config, Shared shared) {
        Config patient = new ConfigBuilder(config)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(REQUEST_MILLIS)
                .withOnlyHttpWatches(true) // the API server counts the events of these
                .build();
        api = new Counting(new KubernetesApi(
                new KubernetesClientBuilder().withConfig(patient).build(), node, Installation.NAMESPACE));
        NodeAgent.Mailbox mailbox = NodeAgent.Mailbox.create();
        PretendMachine machine = new PretendMachine();
        agent = new NodeAgent(
                settings(node, shared),
                api,
                new NodeAgent.Machine(
                        machine,
                        machine,
                        new NodeCgroups(shared.cgroups(), Optional.empty(), mailbox.pods()),
                        new CgroupWatch(shared.cgroups(), shared.service()),
                        shared.service()),
                mailbox,
                new NodeReport.Agent("test", "none", List.of("replace"), Ability.all()),
                new AgentMetrics(),
                Clock.systemUTC(),
                NOPLogger.NOP_LOGGER);
        thread = Thread.ofPlatform().name(node).start(this::run);
    }

    private static AgentSettings settings(String node, Shared shared) {
        AgentSettings.Result read = AgentSettings.read(
                Map.of("NODE_NAME", node, "POD_NAMESPACE", Installation.NAMESPACE),
                new AgentSettings.Options(
                        shared.machineId(), Optional.empty(), shared.state().resolve(node), 0));
        return ((AgentSettings.Result.Valid) read).settings();
    }

    private void run() {
        try {
            agent.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often the watch told something. */
    int events() {
        return api.events.get();
    }

    void stop() {
        agent.stop();
    }

    @Override
    public void close() {
        agent.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        api.close();
    }

    /** Counts what a watch tells. */
    private static final class Counting implements ClusterApi {
        private final ClusterApi counted;
        private final AtomicInteger events = new AtomicInteger();

        Counting(ClusterApi counted) {
            this.counted = counted;
        }

        @Override
        public void watchNode(NodeWatch watch) {
            counted.watchNode(new NodeWatch() {
                @Override
                public void seen(NodeObject object) {
                    events.incrementAndGet();
                    watch.seen(object);
                }

                @Override
                public void listed() {
                    watch.listed();
                }

                @Override
                public void gone() {
                    events.incrementAndGet();
                    watch.gone();
                }

                @Override
                public void unavailable(String why) {
                    watch.unavailable(why);
                }
            });
        }

        @Override
        public void recheck() {
            counted.recheck();
        }

        @Override
        public Set<String> unheard() {
            return counted.unheard();
        }

        @Override
        public Fetched<Identity> identity() {
            return counted.identity();
        }

        @Override
        public Fetched<Identity> identityOfNode() {
            return counted.identityOfNode();
        }

        @Override
        public Fetched<com.fasterxml.jackson.databind.JsonNode> revision(String name) {
            return counted.revision(name);
        }

        @Override
        public Fetched<byte[]> blob(String name) {
            return counted.blob(name);
        }

        @Override
        public Written report(String objectUid, CgroupProgramNodeStatus status) {
            return counted.report(objectUid, status);
        }

        @Override
        public void watchPods(Pods pods) {
            counted.watchPods(pods);
        }

        @Override
        public void watchNamespaces(Pods pods) {
            counted.watchNamespaces(pods);
        }

        @Override
        public void close() {
            counted.close();
        }
    }
}
