package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The agent of a node, with a cluster and a machine that are not there; directories stand for cgroups. */
class NodeAgentTest {
    private static final String MANAGER = NodeMemory.manager(FakeCluster.CLUSTER_UID);

    @TempDir
    Path directory;

    private final FakeCluster cluster = new FakeCluster();
    private final NodeAgent.Mailbox mailbox = NodeAgent.Mailbox.create();
    private Path root;
    private WatchService service;
    private FakeMachine machine;
    private NodeAgent agent;
    private Thread thread;

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectory(directory.resolve("cgroup"));
        Files.createDirectory(root.resolve("svc"));
        service = FileSystems.getDefault().newWatchService();
        MountedCgroups mounted = new MountedCgroups(root);
        NodeCgroups cgroups = new NodeCgroups(mounted, Optional.empty(), mailbox.pods());
        machine = new FakeMachine(cgroups);
        agent = new NodeAgent(
                new AgentSettings(
                        "n1",
                        "bpfchain-system",
                        "machine",
                        Optional.empty(),
                        directory.resolve("state"),
                        0,
                        Duration.ofMillis(200),
                        Duration.ofMillis(100),
                        Duration.ofMillis(20)),
                cluster,
                new NodeAgent.Machine(machine, machine, cgroups, new CgroupWatch(mounted, service), service),
                mailbox,
                new NodeReport.Agent("test", "6.12", List.of(), Set.of("Kubepods", "Pods")),
                new AgentMetrics(),
                Clock.systemUTC(),
                LoggerFactory.getLogger("agent"));
        thread = Thread.ofPlatform().name("agent").start(() -> {
            try {
                agent.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(cluster::isWatched);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        agent.stop();
        thread.join();
        service.close();
    }

    private Optional<CgroupProgramNodeStatus> newest() {
        List<CgroupProgramNodeStatus> all = cluster.reports();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    private static Optional<ChainReport> of(CgroupProgramNodeStatus status, String chain) {
        return status.chains().stream().filter(c -> c.chain().equals(chain)).findFirst();
    }

    private Optional<State> state(String chain) {
        return newest().flatMap(s -> of(s, chain)).map(ChainReport::state);
    }

    private void awaitState(String chain, State state) {
        await().untilAsserted(() -> assertThat(state(chain)).contains(state));
    }

    private Assignment running(String chain, String cgroup) {
        Assignment assignment = cluster.publish(chain, 1, cgroup);
        cluster.assign(assignment);
        awaitState(chain, State.Running);
        return assignment;
    }

    @Test
    void whatSomebodyElseTookOverIsTakenBack() {
        running("fw", "{path: /svc}");
        ChainStatus there = machine.chain("fw").orElseThrow();
        machine.put(FakeMachine.running("fw", "apply", List.of()));

        await().untilAsserted(() -> assertThat(machine.chain("fw")).contains(there));
        awaitState("fw", State.Running);
        assertThat(there.manager()).isEqualTo(MANAGER);
    }
}
