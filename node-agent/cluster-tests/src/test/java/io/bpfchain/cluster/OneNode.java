package io.bpfchain.cluster;

import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A cluster of one node: an operator and an agent as processes of their own, with the permissions of the chart, and two chains of
 * tracers in a cgroup of the test's own: one of the programs p1 to p3, and its neighbour p4. The Node is only an object.
 */
final class OneNode {
    private static final String MAX_CONCURRENT = "10%";
    private static final Duration LONG = Duration.ofMinutes(3);

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

        private TracerChains.Wanted wanted(int generation) {
            return new TracerChains.Wanted(word, priority, digits, generation, MAX_CONCURRENT);
        }
    }

    private final String name = "node-" + UUID.randomUUID().toString().substring(0, 8);
    private final KubernetesClient admin;
    private final Path directory;
    private final TracerChains chains;
    private final Installation installation;
    private final OperatorProcesses operators;
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final AgentMachine machine;
    private final Supervised operator;

    /**
     * Prepares one; nothing runs before {@link #start}.
     *
     * @param directory empty; gets logs and the agent's small disk
     */
    OneNode(ControlPlane plane, Path directory) throws IOException {
        admin = plane.client();
        this.directory = directory;
        chains = new TracerChains(admin);
        installation = new Installation(plane, directory);
        operators = new OperatorProcesses(installation, directory);
        closing.add(this::clean);
        machine = new AgentMachine(name, directory);
        closing.add(machine::close);
        operator = closed(operators.operator("operator"));
    }

    private <T extends AutoCloseable> T closed(T resource) {
        closing.add(resource);
        return resource;
    }

    /** Installs, and starts operator and agent. */
    void start() {
        installation.install();
        writeSource(0);
        installation.giveTokenToOperator();
        installation.giveTokenToAgent(makeNode(), machine.kubeconfig());
        machine.sampler().start();
        operator.start();
        machine.agent().start();
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
        chains.writeSource(variant);
    }

    void deleteSource() {
        chains.deleteSource();
    }

    /** One more operator. */
    Supervised operator(String label) {
        return operators.operator(label);
    }

    /** Whether an operator with this label has ever led. */
    boolean hasLed(String label) {
        return operators.hasLed(label);
    }

    /** A new pod of the DaemonSet: the old one's process is killed, and the new one has a token of its own. */
    void replaceAgentPod() {
        agent().hold();
        installation.giveTokenToAgent(
                Objects.requireNonNull(admin.nodes().withName(name).get()), machine.kubeconfig());
        agent().release();
    }

    Installation installation() {
        return installation;
    }

    Supervised operator() {
        return operator;
    }

    Supervised agent() {
        return machine.agent();
    }

    ListSampler sampler() {
        return machine.sampler();
    }

    SmallDisk disk() {
        return machine.disk();
    }

    TestCgroup service() {
        return machine.service();
    }

    String name() {
        return name;
    }

    /** Packets from now on; the chain runs. */
    PacketWatch packets() {
        return machine.packets();
    }

    /** Applies a chain, in a version that behaves like all others. */
    void apply(Chain chain, int generation) {
        chains.apply(chain.wanted(generation));
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

    /** Whether everybody says that a chain runs as it was applied last. */
    boolean isConverged(Chain of) {
        Optional<String> target = chains.ready(of.word())
                .map(s -> Objects.requireNonNull(s.target()).digest());
        return target.isPresent()
                && report(of)
                        .filter(r -> r.state() == State.Running && target.get().equals(r.runs()))
                        .isPresent();
    }

    /** Waits until the node is told to run another content of a chain than this. */
    String awaitAssigned(Chain chain, String before) {
        return await().atMost(LONG).ignoreExceptions().until(() -> assigned(chain), a -> !a.equals(before));
    }

    /** Waits until the node is told to run a chain as it was applied last. */
    void awaitTold(Chain chain) {
        await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> chains.observed(chain.word())
                        .filter(s -> Objects.requireNonNull(s.target()).digest().equals(assigned(chain)))
                        .isPresent());
    }

    /** Which operator holds the Lease. */
    String leader() {
        return Optional.ofNullable(admin.leases()
                        .inNamespace(Installation.NAMESPACE)
                        .withName("bpfchain-operator")
                        .get())
                .map(l -> l.getSpec().getHolderIdentity())
                .orElse("");
    }

    /** The digest of the content that the node is told to run. */
    String assigned(Chain chain) {
        return object().orElseThrow().getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain.word()))
                .map(a -> a.digest())
                .findFirst()
                .orElse("");
    }

    /** Waits until the node reports that it could not finish a chain. */
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

    /** Of the node's object; all that watches it has seen it, or will. */
    String version() {
        return object().orElseThrow().getMetadata().getResourceVersion();
    }

    /** Changes the Node, which nobody minds, but every write makes the API server's version greater. */
    void touch(int times) {
        for (int i = 0; i < times; i++) {
            String annotation =
                    "{\"metadata\": {\"annotations\": {\"example.com/touched\": \"" + UUID.randomUUID() + "\"}}}";
            admin.nodes().withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), annotation);
        }
    }

    /** Whether the API server cannot tell a watch any more what has happened since a version. */
    boolean isExpired(String version) {
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        ListOptions since =
                new ListOptionsBuilder().withResourceVersion(version).build();
        try (Watch _ = admin.resources(CgroupProgramNode.class).watch(since, new EndOfWatch(gone))) {
            return gone.completeOnTimeout(false, 2, TimeUnit.SECONDS).join();
        }
    }

    /** Says why a watch has ended. */
    private record EndOfWatch(CompletableFuture<Boolean> gone) implements Watcher<CgroupProgramNode> {
        @Override
        public void eventReceived(Action action, CgroupProgramNode object) {}

        @Override
        public void onClose(WatcherException cause) {
            gone.complete(cause.isHttpGone());
        }
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
