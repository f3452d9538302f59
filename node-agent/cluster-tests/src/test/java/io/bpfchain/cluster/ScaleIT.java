package io.bpfchain.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.operator.Main;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many nodes and chains: what one changed chain costs. The operator is a process with the options that it is shipped with, or the one of
 * a distribution ({@code -Dbpfchain.operator.dist=DIR}); the agents are real but for their machines.
 * {@code -Dbpfchain.scale.nodes} and {@code -Dbpfchain.scale.chains}: 1,000 and 20 in a soak; {@code -Dbpfchain.scale.mebibytes}: what the
 * operator may take.
 */
class ScaleIT {
    private static final boolean SOAK = Boolean.getBoolean("bpfchain.soak");
    private static final int NODES = Integer.getInteger("bpfchain.scale.nodes", SOAK ? 1_000 : 50);
    private static final int CHAINS = Integer.getInteger("bpfchain.scale.chains", SOAK ? 20 : 5);
    private static final Duration LONG = Duration.ofMinutes(20);
    private static final long MOST_RESIDENT_MEBIBYTES = Long.getLong("bpfchain.scale.mebibytes", 400);

    /** As large as it becomes in a pod of the chart: 60 % of the limit. */
    private static final String HEAP = "-Xmx" + MOST_RESIDENT_MEBIBYTES * 60 / 100 + "m";

    private static final int DISK_MEBIBYTES = 1_024;
    private static final String WATCH_EVENTS = "apiserver_watch_events_total";
    private static final List<String> NODE_OBJECTS = List.of("resource=\"cgroupprogramnodes\"");
    private static final String WATCHES = "apiserver_longrunning_requests";
    private static final List<String> NODE_WATCHES =
            List.of("resource=\"cgroupprogramnodes\"", "scope=\"resource\"", "verb=\"WATCH\"");
    private static final List<String> CLUSTER_WATCHES =
            List.of("resource=\"cgroupprogramnodes\"", "scope=\"cluster\"", "verb=\"WATCH\"");
    private static final int BOOKMARKS = 3;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<AgentOfANode> agents = new ArrayList<>();
    private Path directory;
    private KubernetesClient admin;
    private Installation installation;
    private TracerChains chains;
    private Process operator;

    @BeforeEach
    void start(@TempDir Path temporary) throws IOException {
        directory = temporary;
        ControlPlane plane = closed(ControlPlane.start());
        admin = plane.client();
        installation = new Installation(plane, directory);
        installation.install();
        installation.giveTokenToOperator();
        chains = new TracerChains(admin);
        chains.writeSource(0);
        startAgents();
        startOperator();
    }

    private <T extends AutoCloseable> T closed(T resource) {
        closing.add(resource);
        return resource;
    }

    private void startAgents() throws IOException {
        SmallDisk disk = closed(new SmallDisk(directory.resolve("state"), DISK_MEBIBYTES));
        WatchService service = closed(FileSystems.getDefault().newWatchService());
        AgentOfANode.Shared shared = new AgentOfANode.Shared(
                new MountedCgroups(Files.createDirectories(directory.resolve("cgroup"))),
                service,
                Files.writeString(directory.resolve("machine-id"), "0123456789abcdef\n"),
                disk.directory());
        closing.add(() -> {
            agents.forEach(AgentOfANode::stop);
            agents.parallelStream().forEach(AgentOfANode::close);
        });
        IntStream.range(0, NODES).mapToObj(i -> "node-%04d".formatted(i)).forEach(name -> {
            Node node = installation.makeNode(name);
            agents.add(new AgentOfANode(name, installation.agentConfig(node), shared));
        });
    }

    private void startOperator() throws IOException {
        List<String> command = Optional.ofNullable(System.getProperty("bpfchain.operator.dist"))
                .map(ScaleIT::ofDistribution)
                .orElseGet(ScaleIT::ofClassPath);
        ProcessBuilder builder = LoggedProcess.operator(directory.resolve("operator.log"), command);
        builder.environment()
                .put("KUBECONFIG", installation.operatorKubeconfig().toString());
        builder.environment().put("BPFCHAIN_NAMESPACE", Installation.NAMESPACE);
        builder.environment().put("BPFCHAIN_IDENTITY", "operator");
        builder.environment().put("BPFCHAIN_HTTP_PORT", "0");
        operator = builder.start();
        closing.add(() -> operator.destroyForcibly().waitFor());
    }

    private static List<String> ofDistribution(String dist) {
        return List.of(
                dist + "/runtime/bin/java",
                "@" + dist + "/lib/java.options",
                HEAP,
                "-XX:AOTCache=" + dist + "/lib/bpfchain-operator.aot",
                "-jar",
                dist + "/lib/bpfchain-operator.jar");
    }

    private static List<String> ofClassPath() {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "@../../operator/src/main/dist/lib/java.options",
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
    }

    private void chain(int number, int generation) {
        chains.apply(new TracerChains.Wanted(name(number), number, "1", generation, "100%"));
    }

    private static String name(int number) {
        return "chain-" + number;
    }

    private boolean isReady(int number) {
        return chains.ready(name(number)).filter(s -> s.ready() == NODES).isPresent();
    }

    private void awaitReady(int... numbers) {
        for (int number : numbers) {
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> isReady(number));
        }
    }

    @Test
    void oneChangedChainCostsEachNodeTwoWritesAndEachAgentTwoEvents() throws Exception {
        long begun = System.nanoTime();
        int[] numbers = IntStream.rangeClosed(1, CHAINS).toArray();
        for (int number : numbers) {
            chain(number, 0);
        }
        awaitReady(numbers);
        report("all chains on all nodes for the first time", begun);
        quiet();

        ServerMetrics before = ServerMetrics.read(admin);
        List<Integer> events = agents.stream().map(AgentOfANode::events).toList();
        NodeEvents all = closed(new NodeEvents(admin.getConfiguration()));
        begun = System.nanoTime();
        Duration cpuBefore = cpu();
        chain(1, 1);
        awaitReady(1);
        double seconds = report("one changed chain on all nodes", begun);
        Duration cpu = cpu().minus(cpuBefore);
        quiet();
        ServerMetrics after = ServerMetrics.read(admin);

        long specs = written(before, after, "cgroupprogramnodes", "");
        long statuses = written(before, after, "cgroupprogramnodes", "status");
        long ofChains = written(before, after, "cgroupprogramchains", "status");
        System.out.printf(
                "spec writes %,d, status writes %,d, of the chain's status %,d; operator: %.1f s of a core, resident %d MiB, at most"
                        + " %d MiB%n",
                specs, statuses, ofChains, cpu.toMillis() / 1e3, memory("VmRSS"), memory("VmHWM"));
        assertThat(specs).isEqualTo(NODES);
        assertThat(statuses).isEqualTo(NODES);
        assertThat(ofChains).isLessThanOrEqualTo((long) (2 * Math.ceil(seconds)) + 1);
        for (int i = 0; i < NODES; i++) {
            assertThat(agents.get(i).events() - events.get(i)).isEqualTo(2);
        }
        watchesCarryOnlyTheirOwnNode(before, after, all);
        assertThat(memory("VmHWM")).isLessThan(MOST_RESIDENT_MEBIBYTES);
    }

    /**
     * The API server counts what it sends to watches over plain HTTP, which the agents' are here: two events to each agent, all of them to
     * each watch of all nodes, and a bookmark a minute to everybody. The operator's are WebSockets, which it does not count.
     */
    private static void watchesCarryOnlyTheirOwnNode(ServerMetrics before, ServerMetrics after, NodeEvents all) {
        long writes = 2L * NODES;
        long sent = after.sum(WATCH_EVENTS, NODE_OBJECTS) - before.sum(WATCH_EVENTS, NODE_OBJECTS);
        long ofOneNode = after.sum(WATCHES, NODE_WATCHES);
        long ofAllNodes = after.sum(WATCHES, CLUSTER_WATCHES);
        System.out.printf(
                "watches of one node %,d, of all nodes %d; the API server sent %,d events over HTTP; a watch of all nodes got %,d%n",
                ofOneNode, ofAllNodes, sent, all.count());
        assertThat(ofOneNode)
                .as("watches of one node each; some may just begin again")
                .isBetween(NODES * 9L / 10, (long) NODES);
        assertThat(all.count())
                .as("negative control: a watch without the node's name")
                .isEqualTo(writes);
        assertThat(sent)
                .isGreaterThanOrEqualTo(writes + all.count())
                .isLessThan(writes * (1 + ofAllNodes) + BOOKMARKS * (ofOneNode + ofAllNodes));
    }

    private static long written(ServerMetrics before, ServerMetrics after, String resource, String subresource) {
        return after.writes(resource, subresource, true) - before.writes(resource, subresource, true);
    }

    @SuppressWarnings("SystemOut")
    private static double report(String what, long begun) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf("%d nodes, %d chains: %s: %.1f s%n", NODES, CHAINS, what, seconds);
        return seconds;
    }

    /** Waits until nobody writes objects of nodes any more. */
    private void quiet() {
        await().atMost(LONG).pollInterval(Duration.ofSeconds(2)).until(() -> {
            ServerMetrics one = ServerMetrics.read(admin);
            Thread.sleep(1_000);
            ServerMetrics two = ServerMetrics.read(admin);
            return written(one, two, "cgroupprogramnodes", "") == 0
                    && written(one, two, "cgroupprogramnodes", "status") == 0;
        });
    }

    /** Of the operator. */
    private Duration cpu() {
        return operator.info().totalCpuDuration().orElseThrow();
    }

    /** Of the operator. */
    private long memory(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream()
                .filter(l -> l.startsWith(line + ":"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
