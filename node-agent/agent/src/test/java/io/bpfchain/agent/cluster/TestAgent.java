package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.cluster.api.KubernetesApi;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.engine.HostConfiguration;
import io.bpfchain.agent.engine.LocalHost;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.agent.source.Download;
import io.bpfchain.agent.source.FileAndUrlSources;
import io.bpfchain.agent.source.Limits;
import io.bpfchain.agent.state.StateDirectory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.WatchService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** The agent in this process, with the test's own cgroup for the root of all cgroups. Its times are shortened, its rules are not. */
final class TestAgent implements AutoCloseable {
    static final Duration REFRESH = Duration.ofSeconds(1);

    private final WatchService service;
    private final KubernetesApi api;
    private final LocalHost host;
    private final NodeAgent agent;
    private final AgentMetrics metrics = new AgentMetrics();
    private final Thread thread;

    /**
     * Starts it.
     *
     * @param config how the API server is reached
     * @param abilities words that an assignment may require
     */
    TestAgent(TestHost machine, ClusterLab lab, Config config, String machineId, Set<String> abilities) {
        try {
            NodeAgent.Mailbox mailbox = NodeAgent.Mailbox.create();
            MountedCgroups mounted = new MountedCgroups(machine.cgroup().directory());
            NodeCgroups cgroups = new NodeCgroups(mounted, Optional.empty(), mailbox.pods());
            host = new LocalHost(configuration(machine, cgroups));
            service = FileSystems.getDefault().newWatchService();
            api = new KubernetesApi(
                    new KubernetesClientBuilder().withConfig(config).build(), lab.name(), lab.name());
            agent = new NodeAgent(
                    new AgentSettings(
                            lab.name(),
                            lab.name(),
                            machineId,
                            Optional.empty(),
                            machine.state().resolve("cluster"),
                            0,
                            REFRESH,
                            Duration.ofMillis(200),
                            Duration.ofMillis(50)),
                    api,
                    new NodeAgent.Machine(host, host, cgroups, new CgroupWatch(mounted, service), service),
                    mailbox,
                    new NodeReport.Agent("test", System.getProperty("os.version"), List.of("replace"), abilities),
                    metrics,
                    Clock.systemUTC(),
                    LoggerFactory.getLogger("agent"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().name("agent").start(() -> {
            try {
                agent.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static HostConfiguration configuration(TestHost machine, NodeCgroups cgroups) {
        HostConfiguration usual = machine.configuration(Checkpoint.NONE);
        return new HostConfiguration(
                usual.state(),
                usual.bpffs(),
                cgroups,
                new FileAndUrlSources(
                        StateDirectory.downloads(usual.state()),
                        Limits.DEFAULT,
                        () -> Download.of(Limits.DEFAULT, Map.of())),
                usual.loader(),
                usual.capabilities(),
                usual.lockTimeout(),
                usual.clock(),
                usual.checkpoint());
    }

    /** The machine with the agent's own view of cgroups, as a command on the node would be given it. */
    LocalHost host() {
        return host;
    }

    NodeAgent agent() {
        return agent;
    }

    String metrics() {
        return metrics.text();
    }

    @Override
    public void close() {
        agent.stop();
        try {
            thread.join();
            service.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        api.close();
    }
}
