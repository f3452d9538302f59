package io.bpfchain.cluster;

import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.cli.Main;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster of one node: an operator and an agent as processes of their own, with the permissions of the chart, and two chains of
 * tracers in a cgroup of the test's own: one of the programs p1 to p3, and its neighbour p4. The Node is only an object.
 */
final class OneNode {
    private static final String SOURCES = "apps";
    private static final String SOURCE = "tracer";
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int DISK_MEBIBYTES = 16;

    /** A chain by what is in it. */
    enum Chain {
        TRACER("tracer", 100, "123"),
        NEIGHBOUR("neighbour", 200, "4");

        private final String word;
        private final int priority;
        private final String digits;

        Chain(String word, int priority, String digits) {
            this.word = word;
            this.priority = priority;
            this.digits = digits;
        }

        String word() {
            return word;
        }

        private String yaml(int generation) {
            String programs = digits.chars()
                    .map(d -> Character.digit(d, 10))
                    .mapToObj(d -> "  - {name: p%d, function: %s}\n".formatted(d, Tracer.function(d)))
                    .collect(Collectors.joining());
            return template()
                            .replace("NAME", word)
                            .replace("PRIORITY", Integer.toString(priority))
                            .replace("GENERATION", Integer.toString(generation))
                            .replace("PORT", Integer.toString(PacketWatch.PORT))
                    + programs;
        }
    }

    private final String name = "node-" + UUID.randomUUID().toString().substring(0, 8);
    private final KubernetesClient admin;
    private final Path directory;
    private final Installation installation;
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final TestBpffs bpffs;
    private final TestCgroup cgroup;
    private final TestCgroup service;
    private final SmallDisk disk;
    private final Path machineId;
    private final AtomicInteger identities = new AtomicInteger();
    private final Supervised operator;
    private final Supervised agent;
    private final ListSampler sampler;

    /**
     * Prepares one; nothing runs before {@link #start}.
     *
     * @param directory empty; gets logs and the agent's small disk
     */
    OneNode(ControlPlane plane, Path directory) throws IOException {
        admin = plane.client();
        this.directory = directory;
        cgroup = closed(TestCgroup.create());
        service = cgroup.child("svc");
        bpffs = closed(TestBpffs.mount());
        disk = closed(new SmallDisk(directory.resolve("state"), DISK_MEBIBYTES));
        machineId = Files.writeString(
                directory.resolve("machine-id"), UUID.randomUUID().toString().replace("-", "") + "\n");
        installation = new Installation(plane, directory);
        closing.add(this::clean);
        sampler = closed(new ListSampler(service, bpffs.directory()));
        operator = closed(operator("operator"));
        agent = closed(new Supervised("agent", this::agentCommand));
    }

    private <T extends AutoCloseable> T closed(T resource) {
        closing.add(resource);
        return resource;
    }

    /** Installs, and starts operator and agent. */
    void start() {
        installation.install();
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SOURCES)
                        .endMetadata()
                        .build())
                .serverSideApply();
        writeSource(0);
        installation.giveTokenToOperator();
        installation.giveTokenToAgent(makeNode());
        sampler.start();
        operator.start();
        agent.start();
    }

    /** The object of the Node, made anew. */
    Node makeNode() {
        return installation.makeNode(name);
    }

    void deleteNode() {
        admin.nodes().withName(name).delete();
        await().atMost(LONG).until(() -> admin.nodes().withName(name).get() == null);
    }

    /**
     * The ConfigMap with the chains' bytes.
     *
     * @param variant makes other bytes of it, which do the same
     */
    void writeSource(int variant) {
        try {
            byte[] object = Files.readAllBytes(Tracer.object());
            admin.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(SOURCE)
                            .withNamespace(SOURCES)
                            .addToLabels("bpfchain.io/source", "true")
                            .endMetadata()
                            .addToBinaryData(
                                    "tracer.o",
                                    Base64.getEncoder().encodeToString(Arrays.copyOf(object, object.length + variant)))
                            .build())
                    .serverSideApply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deleteSource() {
        admin.configMaps().inNamespace(SOURCES).withName(SOURCE).delete();
    }

    /** One more operator, or the first. */
    Supervised operator(String label) {
        return new Supervised(label, () -> {
            ProcessBuilder builder = logging(
                    label,
                    "ch.qos.logback.classic.spi.LogbackServiceProvider",
                    TestJvm.command(List.of(), io.bpfchain.operator.Main.class));
            builder.environment()
                    .put("KUBECONFIG", installation.operatorKubeconfig().toString());
            builder.environment().put("BPFCHAIN_NAMESPACE", Installation.NAMESPACE);
            builder.environment().put("BPFCHAIN_IDENTITY", label + "-" + identities.incrementAndGet());
            builder.environment().put("BPFCHAIN_HTTP_PORT", "0");
            return builder;
        });
    }

    private ProcessBuilder agentCommand() {
        ProcessBuilder builder = logging(
                "agent",
                "io.bpfchain.agent.log.LineLogging",
                TestJvm.command(
                        List.of(),
                        Main.class,
                        "agent",
                        "--state-dir=" + disk.directory(),
                        "--bpffs=" + bpffs.directory(),
                        "--cgroup-root=" + cgroup.directory(),
                        "--machine-id=" + machineId,
                        "--port=0"));
        builder.environment().put("NODE_NAME", name);
        builder.environment().put("POD_NAMESPACE", Installation.NAMESPACE);
        builder.environment().put("KUBECONFIG", installation.agentKubeconfig().toString());
        return builder;
    }

    private ProcessBuilder logging(String label, String provider, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(label + ".log").toFile()));
        builder.environment().put("JDK_JAVA_OPTIONS", "-Dslf4j.provider=" + provider);
        return builder;
    }

    /** A new pod of the DaemonSet: the old one's process is killed, and the new one has a token of its own. */
    void replaceAgentPod() {
        agent.hold();
        installation.giveTokenToAgent(
                Objects.requireNonNull(admin.nodes().withName(name).get()));
        agent.release();
    }

    Installation installation() {
        return installation;
    }

    Supervised operator() {
        return operator;
    }

    Supervised agent() {
        return agent;
    }

    ListSampler sampler() {
        return sampler;
    }

    SmallDisk disk() {
        return disk;
    }

    TestCgroup service() {
        return service;
    }

    String name() {
        return name;
    }

    /** Packets from now on; the chain runs. */
    PacketWatch packets() {
        return new PacketWatch(service, tracePin());
    }

    private Path tracePin() {
        try (Stream<Path> files = Files.walk(bpffs.directory().resolve("bpfchain/by-chain"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies a chain, in a version that behaves like all others. */
    void apply(Chain chain, int generation) {
        admin.resource(chain.yaml(generation))
                .fieldManager("user")
                .forceConflicts()
                .serverSideApply();
    }

    private static String template() {
        try (InputStream in = OneNode.class.getResourceAsStream("chain.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(Chain chain) {
        admin.resources(ChainObject.class).withName(chain.word()).delete();
        await().atMost(LONG)
                .until(() -> admin.resources(ChainObject.class)
                                .withName(chain.word())
                                .get()
                        == null);
    }

    /** Waits, without helping, until everybody says that the chains run as they were applied last. */
    void awaitConverged(Chain... chains) {
        for (Chain chain : chains) {
            await(chain + " converges; the logs are in " + directory)
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> isConverged(chain));
        }
    }

    private boolean isConverged(Chain of) {
        ChainObject chain = Objects.requireNonNull(
                admin.resources(ChainObject.class).withName(of.word()).get());
        CgroupProgramChainStatus status = chain.known().orElseThrow();
        boolean ready = status.conditions().stream()
                .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True);
        String digest = Objects.requireNonNull(status.target()).digest();
        return ready
                && status.observedGeneration() == chain.generation()
                && report(of)
                        .filter(r -> r.state() == State.Running && digest.equals(r.runs()))
                        .isPresent();
    }

    /** Waits until the node is told to run another content of a chain than this. */
    String awaitAssigned(Chain chain, String before) {
        return await().atMost(LONG).ignoreExceptions().until(() -> assigned(chain), a -> !a.equals(before));
    }

    /** The digest of the content that the node is told to run. */
    String assigned(Chain chain) {
        return object().orElseThrow().getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain.word()))
                .map(a -> a.digest())
                .findFirst()
                .orElse("");
    }

    /** Waits until the node is told to run another content of a chain than this, and says why it does not. */
    ChainReport awaitFailed(Chain chain) {
        return await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> report(chain).orElseThrow(), r -> r.state() == State.Failed);
    }

    /** The object of the node. */
    Optional<CgroupProgramNode> object() {
        return Optional.ofNullable(
                admin.resources(CgroupProgramNode.class).withName(name).get());
    }

    /** What is reported of a chain, where it answers the object as it is. */
    Optional<ChainReport> report(Chain chain) {
        return object().flatMap(o -> Optional.ofNullable(o.getStatus()).filter(s -> answers(s, o)).stream()
                .flatMap(s -> s.chains().stream())
                .filter(c -> c.chain().equals(chain.word()))
                .findFirst());
    }

    /** The copies of sources in the operator's namespace. */
    void deleteBlobs() {
        admin.configMaps().inNamespace(Installation.NAMESPACE).list().getItems().stream()
                .filter(c -> Boolean.TRUE.equals(c.getImmutable()))
                .forEach(c -> admin.resource(c).delete());
    }

    /** With everything in it. */
    void deleteOperatorsNamespace() {
        admin.namespaces().withName(Installation.NAMESPACE).delete();
        await().atMost(LONG)
                .until(() -> admin.namespaces().withName(Installation.NAMESPACE).get() == null);
    }

    private static boolean answers(CgroupProgramNodeStatus status, CgroupProgramNode object) {
        return status.assignmentsDigest().equals(object.getSpec().digest())
                && status.nodeObjectUID().equals(object.getMetadata().getUid());
    }

    /** Nothing of it stays in the API server. */
    private void clean() {
        Definitions.deleteChains(admin);
        Definitions.deleteNodes(admin);
        deleteNode();
        admin.leases().inNamespace(Installation.NAMESPACE).delete();
        admin.configMaps().inNamespace(Installation.NAMESPACE).delete();
        admin.apps().controllerRevisions().inNamespace(Installation.NAMESPACE).delete();
    }

    /** Stops everything, and removes everything. */
    void close() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
    }
}
