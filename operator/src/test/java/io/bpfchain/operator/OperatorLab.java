package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.Condition;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.registry.RegistryAccess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The operator in a namespace of its own, beside nodes that are only objects and agents that are simulated. It has the permissions of the
 * chart, and a test in which it was refused anything fails.
 */
final class OperatorLab implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);

    private final KubernetesClient client;
    private final String namespace;
    private final SimulatedAgents agents;
    private final NodeLeases leases;
    private final OperatorAccount account;
    private OperatorProcess operator;

    OperatorLab(KubernetesClient client, String namespace) throws IOException {
        this.client = client;
        this.namespace = namespace;
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        agents = new SimulatedAgents(client);
        leases = new NodeLeases(client);
        account = new OperatorAccount(client, namespace);
        operator = start();
    }

    SimulatedAgents agents() {
        return agents;
    }

    int port() {
        return operator.port();
    }

    void stopOperator() {
        operator.close();
    }

    void startOperator() throws IOException {
        operator = start();
    }

    private OperatorProcess start() throws IOException {
        OperatorConfiguration configuration = new OperatorConfiguration(
                namespace,
                "bpfchain-operator",
                UUID.randomUUID().toString(),
                0,
                4,
                Duration.ofSeconds(3),
                RegistryAccess.anonymous());
        OperatorProcess started = OperatorProcess.start(configuration, account.client(), Clock.systemUTC(), () -> {});
        await().atMost(SOON).until(started::isLeading);
        return started;
    }

    void nodes(int count) {
        IntStream.rangeClosed(1, count).forEach(i -> node("n" + i));
    }

    void node(String name) {
        Node node = client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("bpfchain.io/test", "yes")
                        .endMetadata()
                        .build())
                .create();
        leases.keep(name);
        ready(node, true);
    }

    void ready(Node node, boolean ready) {
        client.resource(new NodeBuilder(node)
                        .editMetadata()
                        .withResourceVersion(null)
                        .endMetadata()
                        .editOrNewStatus()
                        .withConditions()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .withLastTransitionTime(Clock.systemUTC().instant().toString())
                        .endCondition()
                        .endStatus()
                        .build())
                .patchStatus();
    }

    Optional<CgroupProgramChainStatus> status(String chain) {
        return Optional.ofNullable(
                        client.resources(ChainObject.class).withName(chain).get())
                .flatMap(ChainObject::known);
    }

    Optional<Condition> condition(String chain, String type) {
        return status(chain).stream()
                .flatMap(s -> s.conditions().stream())
                .filter(c -> c.type().equals(type))
                .findFirst();
    }

    boolean isReady(String chain, long revision) {
        return status(chain)
                        .filter(s -> s.target() != null && s.target().number() == revision)
                        .isPresent()
                && condition(chain, "Ready")
                        .filter(c -> c.status() == Condition.Status.True)
                        .isPresent();
    }

    void awaitReady(String chain, long revision) {
        await().atMost(SOON).until(() -> isReady(chain, revision));
    }

    void awaitReason(String chain, String type, String reason) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(condition(chain, type).map(Condition::reason))
                        .contains(reason));
    }

    Optional<Assignment> assigned(String node, String chain) {
        return Optional.ofNullable(
                        client.resources(CgroupProgramNode.class).withName(node).get())
                .flatMap(o -> History.assigned(o, chain));
    }

    /** Whether what the node's object lists is all that the node shall run. */
    boolean isComplete(String node) {
        return Optional.ofNullable(
                        client.resources(CgroupProgramNode.class).withName(node).get())
                .filter(o -> o.getSpec().complete())
                .isPresent();
    }

    @Override
    public void close() {
        operator.close();
        account.close();
        agents.close();
        leases.close();
        client.resources(CgroupProgramChain.class).delete();
        client.resources(CgroupProgramNode.class).delete();
        client.nodes().withLabel("bpfchain.io/test").delete();
        client.namespaces().withName(namespace).delete();
        await().atMost(SOON)
                .until(() -> client.resources(CgroupProgramNode.class)
                                .list()
                                .getItems()
                                .isEmpty()
                        && client.nodes()
                                .withLabel("bpfchain.io/test")
                                .list()
                                .getItems()
                                .isEmpty());
        assertThat(account.refused())
                .as("what the chart's roles do not let the operator do")
                .isEmpty();
    }
}
