package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** Directories of pods, as the kubelet makes them. */
    private void pod(String uid) throws IOException {
        Files.createDirectories(root.resolve("kubepods/burstable/pod" + uid));
    }

    private Assignment selectsPods() {
        return cluster.publish("fw", 1, "{pods: {podSelector: {matchLabels: {app: web}}}}");
    }

    private static ApplyOutcome failed() {
        return new ApplyOutcome.Failed(
                List.of(FakeMachine.problem(ApplyOutcome.Problem.Kind.FAILED, "HookBusy")), List.of());
    }

    @Test
    void oneChainThatCannotBeFinishedIsNotSaidOfTheOthers() {
        machine.instead(names -> names.contains("a") ? Optional.of(failed()) : Optional.empty());
        cluster.assign(cluster.publish("a", 1, "{path: /svc}"), cluster.publish("b", 1, "{path: /svc}"));

        awaitState("a", State.Failed);
        assertThat(state("b")).contains(State.Running);
    }

    /** The API server may have been restored from before the report. */
    @Test
    void aWatchThatBeginsAnewIsToldTheReportAgain() {
        running("fw", "{path: /svc}");
        int before = cluster.reports().size();
        NodeObject same = cluster.again();

        cluster.watch().seen(same);
        cluster.watch().listed();

        await().untilAsserted(() -> assertThat(cluster.reports()).hasSizeGreaterThan(before));
    }

    @Test
    void nothingIsReportedOnAnObjectThatIsGone() {
        running("fw", "{path: /svc}");
        cluster.watch().gone();
        await().until(() -> agent.isReady());
        int before = cluster.reports().size();
        machine.instead(names -> Optional.of(failed()));
        machine.put(FakeMachine.running("fw", "apply", List.of()));

        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.reports().size() == before);
        cluster.watch().seen(cluster.again());
        awaitState("fw", State.Failed);
    }

    @Test
    void theNodeItselfIsAskedWhereTheTokenIsOfTheOneBefore() {
        cluster.identity(
                new ClusterApi.Fetched.Found<>(new ClusterApi.Identity(FakeCluster.CLUSTER_UID, "the-node-before")));
        running("fw", "{path: /svc}");
    }

    @Test
    void podsComeAndGoWithoutAChainBeingTriedThatFailedForAnotherReason() {
        machine.instead(names -> Optional.of(failed()));
        cluster.assign(cluster.publish("fw", 1, "{path: /svc}"));
        awaitState("fw", State.Failed);
        AtomicInteger pods = new AtomicInteger();
        int before = machine.applied().size();

        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5)).until(() -> {
            mailbox.pods().put(new Pods.Pod("uid-" + pods.incrementAndGet(), "default", Map.of()));
            return machine.applied().size() == before;
        });
        assertThat(pods.get()).isGreaterThan(2);
    }

    @Test
    void thatPodsAreNotListedYetIsNothingToTellAtFirst() throws IOException {
        pod("1");
        cluster.assign(selectsPods());
        await().until(() -> cluster.pods().isPresent());
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.reports().isEmpty());

        mailbox.pods().put(new Pods.Pod("1", "default", Map.of("app", "web")));
        mailbox.pods().podsListed();

        awaitState("fw", State.Running);
        assertThat(cluster.reports()).allMatch(s -> of(s, "fw").orElseThrow().state() == State.Running);
    }

    @Test
    void thatPodsAreStillNotListedIsReported() throws IOException {
        pod("1");
        cluster.assign(selectsPods());
        awaitState("fw", State.Failed);
        assertThat(newest().flatMap(s -> of(s, "fw")).orElseThrow().reason()).isEqualTo("PodsUnknown");

        mailbox.pods().podsListed();
        awaitState("fw", State.Running);
    }

    @Test
    void anAgentThatHearsNothingForLongIsNotReadyAndReadyAgainWhenItDoes() {
        running("fw", "{path: /svc}");
        await().until(() -> agent.isReady());

        cluster.silence("cgroupprogramnodes");
        await().untilAsserted(() ->
                assertThat(agent.notReady()).contains("the API server tells nothing of cgroupprogramnodes"));
        assertThat(state("fw")).as("what runs stays").contains(State.Running);

        cluster.silence();
        await().until(() -> agent.isReady());
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
