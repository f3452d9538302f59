package io.bpfchain.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.operator.Main;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many nodes and chains: what one changed chain costs. The operator is a process with the options that it is shipped with, or the one of
 * a distribution ({@code -Dbpfchain.operator.dist=DIR}); the agents are real but for their machines.
 * {@code -Dbpfchain.scale.nodes} and {@code -Dbpfchain.scale.chains}: 1,000 and 20 in a soak.
 */
class ScaleIT {
    private static final boolean SOAK = Boolean.getBoolean("bpfchain.soak");
    private static final int NODES = Integer.getInteger("bpfchain.scale.nodes", SOAK ? 1_000 : 50);
    private static final int CHAINS = Integer.getInteger("bpfchain.scale.chains", SOAK ? 20 : 5);
    private static final Duration LONG = Duration.ofMinutes(20);
    private static final long MOST_RESIDENT_MEBIBYTES = 400;
    private static final int DISK_MEBIBYTES = 1_024;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<AgentOfANode> agents = new ArrayList<>();
    private Path directory;
    private KubernetesClient admin;
    private Installation installation;
    private Process operator;

    @BeforeEach
    void start(@TempDir Path temporary) throws IOException {
        directory = temporary;
        ControlPlane plane = closed(ControlPlane.start());
        admin = plane.client();
        installation = new Installation(plane, directory);
        installation.install();
        installation.giveTokenToOperator();
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("apps")
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("tracer")
                        .withNamespace("apps")
                        .addToLabels("bpfchain.io/source", "true")
                        .endMetadata()
                        .addToBinaryData(
                                "tracer.o", Base64.getEncoder().encodeToString(Files.readAllBytes(Tracer.object())))
                        .build())
                .create();
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
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("operator.log").toFile());
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
                "-XX:AOTCache=" + dist + "/lib/bpfchain-operator.aot",
                "-jar",
                dist + "/lib/bpfchain-operator.jar");
    }

    private static List<String> ofClassPath() {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "@../../operator/src/main/dist/lib/java.options",
                "-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider",
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

    private void chain(int number, int generation) throws IOException {
        try (InputStream in = ScaleIT.class.getResourceAsStream("chain.yaml")) {
            String yaml = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                            .replace("NAME", "chain-" + number)
                            .replace("PRIORITY", Integer.toString(number))
                            .replace("GENERATION", Integer.toString(generation))
                            .replace("PORT", Integer.toString(PacketWatch.PORT))
                    + "  - {name: p1, function: slot_1}\n"
                    + "  rollout: {maxConcurrent: 100%}\n";
            admin.resource(yaml).serverSideApply();
        }
    }

    private boolean isReady(int number) {
        ChainObject chain = Objects.requireNonNull(
                admin.resources(ChainObject.class).withName("chain-" + number).get());
        return chain.known()
                .filter(s -> s.observedGeneration() == chain.generation() && s.ready() == NODES)
                .filter(s -> s.conditions().stream()
                        .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True))
                .isPresent();
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
        int[] all = IntStream.rangeClosed(1, CHAINS).toArray();
        for (int number : all) {
            chain(number, 0);
        }
        awaitReady(all);
        report("all chains on all nodes for the first time", begun);
        quiet();

        ServerMetrics before = ServerMetrics.read(admin);
        List<Integer> events = agents.stream().map(AgentOfANode::events).toList();
        begun = System.nanoTime();
        chain(1, 1);
        awaitReady(1);
        double seconds = report("one changed chain on all nodes", begun);
        quiet();
        ServerMetrics after = ServerMetrics.read(admin);

        long specs = written(before, after, "cgroupprogramnodes", "");
        long statuses = written(before, after, "cgroupprogramnodes", "status");
        long ofChains = written(before, after, "cgroupprogramchains", "status");
        long watched = after.sum("apiserver_watch_events_total", List.of("\"cgroupprogramnodes\""))
                - before.sum("apiserver_watch_events_total", List.of("\"cgroupprogramnodes\""));
        System.out.printf(
                "spec writes %,d, status writes %,d, of the chain's status %,d, events sent of nodes' objects %,d; operator resident %d"
                        + " MiB, at most %d MiB%n",
                specs, statuses, ofChains, watched, memory("VmRSS"), memory("VmHWM"));
        assertThat(specs).isEqualTo(NODES);
        assertThat(statuses).isEqualTo(NODES);
        assertThat(ofChains).isLessThanOrEqualTo((long) (2 * Math.ceil(seconds)) + 1);
        for (int i = 0; i < NODES; i++) {
            assertThat(agents.get(i).events() - events.get(i)).isEqualTo(2);
        }
        assertThat(watched)
                .as("each write is sent to the operator and to one agent at most")
                .isLessThanOrEqualTo(2 * (specs + statuses));
        assertThat(memory("VmHWM")).isLessThan(MOST_RESIDENT_MEBIBYTES);
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
    private long memory(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream()
                .filter(l -> l.startsWith(line + ":"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
