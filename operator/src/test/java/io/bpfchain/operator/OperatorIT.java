package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Names;
import io.bpfchain.operator.revision.Blobs;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The operator against a real API server, with simulated agents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WHILE = Duration.ofSeconds(16);
    private KubernetesClient client;
    private String namespace;
    private OperatorProcess operator;
    private SimulatedAgents agents;
    private History history;

    @BeforeAll
    void findCluster() {
        client = TestCluster.client();
        TestCluster.installCrds(client);
        assertThat(client.resources(ChainObject.class).list().getItems())
                .as("this test deletes every chain of the cluster, so it wants one that has none")
                .isEmpty();
    }

    @AfterAll
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        namespace = "op-" + UUID.randomUUID().toString().substring(0, 8);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        agents = new SimulatedAgents(client);
        history = new History(client);
        startOperator();
    }

    private void startOperator() throws IOException {
        OperatorConfiguration configuration = new OperatorConfiguration(
                namespace, "bpfchain-operator", UUID.randomUUID().toString(), 0, 4, Duration.ofSeconds(3));
        operator = OperatorProcess.start(configuration, client, Clock.systemUTC(), () -> {});
        await().atMost(SOON).until(operator::isLeading);
    }

    @AfterEach
    void stop() {
        operator.close();
        agents.close();
        history.close();
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
    }

    private void nodes(int count) {
        IntStream.rangeClosed(1, count).forEach(i -> node("n" + i));
    }

    private void node(String name) {
        Node node = client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("bpfchain.io/test", "yes")
                        .endMetadata()
                        .build())
                .create();
        ready(node, true);
    }

    private void ready(Node node, boolean ready) {
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

    private void bytes(String text) {
        ConfigMap source = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("firewall")
                .withNamespace(namespace)
                .addToLabels(Names.SOURCE, "true")
                .endMetadata()
                .addToBinaryData(
                        "firewall.o", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                .build();
        client.resource(source).createOr(r -> r.update());
    }

    private static String template() {
        try (InputStream in = OperatorIT.class.getResourceAsStream("chain.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void chain(String name, String port, String maxConcurrent, boolean paused, boolean suspend) {
        client.resource(template()
                        .replace("NAMESPACE", namespace)
                        .replace("NAME", name)
                        .replace("PORT", port)
                        .replace("MAX_CONCURRENT", maxConcurrent)
                        .replace("PAUSED", String.valueOf(paused))
                        .replace("SUSPEND", String.valueOf(suspend)))
                .fieldManager("user")
                .forceConflicts()
                .serverSideApply();
    }

    private void chain(String port, String maxConcurrent) {
        chain("fw", port, maxConcurrent, false, false);
    }

    private Optional<CgroupProgramChainStatus> status(String chain) {
        return Optional.ofNullable(
                        client.resources(ChainObject.class).withName(chain).get())
                .flatMap(ChainObject::known);
    }

    private Optional<Condition> condition(String chain, String type) {
        return status(chain).stream()
                .flatMap(s -> s.conditions().stream())
                .filter(c -> c.type().equals(type))
                .findFirst();
    }

    private boolean isReady(String chain, long revision) {
        return status(chain)
                        .filter(s -> s.target() != null && s.target().number() == revision)
                        .isPresent()
                && condition(chain, "Ready")
                        .filter(c -> c.status() == Condition.Status.True)
                        .isPresent();
    }

    private void awaitReady(String chain, long revision) {
        await().atMost(SOON).until(() -> isReady(chain, revision));
    }

    private void awaitReason(String chain, String type, String reason) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(condition(chain, type).map(Condition::reason))
                        .contains(reason));
    }

    private Optional<Assignment> assigned(String node, String chain) {
        return Optional.ofNullable(
                        client.resources(CgroupProgramNode.class).withName(node).get())
                .flatMap(o -> History.assigned(o, chain));
    }

    private List<ControllerRevision> revisions() {
        return client.apps().controllerRevisions().inNamespace(namespace).list().getItems();
    }

    @Test
    void aChainBecomesARevisionItsBytesAndAssignmentsAndIsReadyWhenTheAgentsSaySo() throws Exception {
        nodes(3);
        agents.silence("n3");
        bytes("v1");
        chain("80", "100%");

        await().atMost(SOON)
                .until(() -> status("fw").filter(s -> s.ready() == 2).isPresent());
        assertThat(condition("fw", "Ready").map(Condition::status)).contains(Condition.Status.False);
        agents.speak("n3");
        awaitReady("fw", 1);

        assertThat(revisions()).singleElement().satisfies(r -> {
            RevisionContent content = RevisionContent.read(new ObjectMapper().valueToTree(r.getData()));
            assertThat(r.getMetadata().getName()).isEqualTo(content.name());
            assertThat(assigned("n1", "fw").orElseThrow().digest()).isEqualTo(content.digest());
            assertThat(r.getMetadata().getLabels()).containsEntry(Names.CHAIN, "fw");
        });
        String digest = Sha256.of("v1".getBytes(StandardCharsets.UTF_8));
        ConfigMap blob = client.configMaps()
                .inNamespace(namespace)
                .withName(Blobs.name(digest))
                .get();
        assertThat(blob.getImmutable()).isTrue();
        assertThat(Base64.getDecoder().decode(blob.getBinaryData().get(Blobs.KEY)))
                .isEqualTo("v1".getBytes(StandardCharsets.UTF_8));
        assertThat(history.states()).isNotEmpty().allSatisfy(s -> {
            assertThat(s.getSpec().complete()).isTrue();
            assertThat(s.getSpec().assignments()).isNotEmpty();
        });
        assertThat(status("fw").orElseThrow().nodes()).isEqualTo("3/3");
        assertThat(get("/readyz")).isEqualTo("ok\n");
        assertThat(get("/metrics")).contains("bpfchain_chain_nodes{chain=\"fw\",state=\"ready\"} 3");
    }

    private String get(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + operator.port() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void newBytesAreANewRevisionThatReachesOneNodeAfterTheOther() {
        nodes(5);
        bytes("v1");
        chain("80", "1");
        awaitReady("fw", 1);

        bytes("v2");
        awaitReady("fw", 2);

        assertThat(history.mostInChange("fw", 1)).isEqualTo(1);
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(revisions()).hasSize(2);
    }

    @Test
    void theCountOfNodesInChangeSeesMoreThanOneWhereMoreAreAllowed() {
        nodes(5);
        bytes("v1");
        chain("80", "5");
        awaitReady("fw", 1);

        assertThat(history.mostInChange("fw", 1)).isGreaterThan(1);
    }

    @Test
    void aNodeThatRefusesStopsTheRolloutAndTheOthersKeepTheOldRevision() {
        nodes(4);
        bytes("v1");
        chain("80", "1");
        awaitReady("fw", 1);
        agents.refuse("n2");

        chain("443", "1");
        awaitReason("fw", "Stalled", "RolloutStopped");

        assertThat(status("fw").orElseThrow().failingNodes()).singleElement().satisfies(f -> {
            assertThat(f.node()).isEqualTo("n2");
            assertThat(f.reason()).isEqualTo("VerifierRefused");
        });
        node("n0");
        await().atMost(SOON).until(() -> assigned("n0", "fw").isPresent());
        assertThat(List.of("n0", "n1", "n2", "n3", "n4"))
                .extracting(n -> assigned(n, "fw").orElseThrow().revision())
                .containsExactly(1L, 2L, 2L, 1L, 1L);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(client.events()
                                .v1()
                                .events()
                                .inNamespace("default")
                                .list()
                                .getItems())
                        .extracting(Event::getReason)
                        .contains("RolloutStopped"));
    }

    @Test
    void aPausedRolloutGoesOnWhenItIsResumed() {
        nodes(3);
        bytes("v1");
        chain("80", "1");
        awaitReady("fw", 1);

        chain("fw", "443", "1", true, false);
        awaitReason("fw", "Reconciling", "Paused");
        assertThat(assigned("n1", "fw").orElseThrow().revision()).isOne();

        chain("443", "1");
        awaitReady("fw", 2);
    }

    @Test
    void aSuspendedChainIsLeftAloneUntilItIsNotSuspended() {
        nodes(2);
        bytes("v1");
        chain("80", "1");
        awaitReady("fw", 1);

        chain("fw", "443", "1", false, true);
        awaitReason("fw", "Ready", "Suspended");
        bytes("v2");
        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .until(() -> revisions().size() == 1
                        && assigned("n1", "fw").orElseThrow().revision() == 1);

        chain("443", "1");
        awaitReady("fw", 2);
    }

    @Test
    void aSpecThatOnlyTheOperatorCanRefuseStallsAndMakesNoRevisionAndOthersGoOn() {
        nodes(1);
        bytes("v1");
        chain("big", "18446744073709551616", "1", false, false);
        chain("80", "1");
        awaitReady("fw", 1);
        awaitReason("big", "Stalled", "InvalidSpec");

        assertThat(condition("big", "Ready").orElseThrow().message())
                .contains("spec.objects[0].globals.blocked_port")
                .contains("write it as a string");
        assertThat(revisions()).hasSize(1);
    }

    @Test
    void aMissingSourceIsWaitedForAndALostOneChangesNothing() {
        nodes(2);
        chain("80", "1");
        awaitReason("fw", "Reconciling", "SourceUnavailable");

        bytes("v1");
        awaitReady("fw", 1);
        client.configMaps().inNamespace(namespace).withName("firewall").delete();
        await().atMost(SOON)
                .until(() -> condition("fw", "Ready")
                        .filter(c -> c.message().contains("stay in use"))
                        .isPresent());
        assertThat(isReady("fw", 1)).isTrue();
    }

    @Test
    void aDeletedChainIsTakenOutAfterTheDelayAndOneThatReturnsInTimeIsNot() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        chain("other", "1", "2", false, false);
        awaitReady("fw", 1);
        awaitReady("other", 1);

        client.resources(ChainObject.class).withName("fw").delete();
        chain("443", "2");
        awaitReady("fw", 2);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());

        client.resources(ChainObject.class).withName("fw").delete();
        await().during(Duration.ofSeconds(8))
                .atMost(SOON)
                .until(() -> assigned("n1", "fw").isPresent());
        await().atMost(SOON)
                .until(() ->
                        assigned("n1", "fw").isEmpty() && assigned("n2", "fw").isEmpty());
        assertThat(assigned("n1", "other")).isPresent();
    }

    @Test
    void aDeselectedNodeLosesTheChainAndASelectedOneGetsIt() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        awaitReady("fw", 1);

        client.nodes()
                .withName("n1")
                .edit(n -> new NodeBuilder(n)
                        .editMetadata()
                        .addToLabels("bpfchain.io/test", "no")
                        .endMetadata()
                        .build());
        await().atMost(SOON).until(() -> assigned("n1", "fw").isEmpty());
        assertThat(assigned("n2", "fw")).isPresent();
        node("n3");
        await().atMost(SOON).until(() -> assigned("n3", "fw").isPresent());
    }

    @Test
    void nothingIsTakenOutWhenTheDefinitionOfChainsIsDeletedAndComesBack() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        awaitReady("fw", 1);
        awaitCrdRecorded();

        TestCluster.deleteChainsCrd(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        TestCluster.installChains(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        chain("443", "2");
        awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.deleted()).isEmpty();
    }

    private void awaitCrdRecorded() {
        await().atMost(SOON)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName(Names.STATE)
                                .get()
                        != null);
    }

    @Test
    void aMassRemovalIsHeldUntilItIsConfirmed() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        chain("other", "1", "2", false, false);
        awaitReady("fw", 1);
        awaitReady("other", 1);
        awaitCrdRecorded();

        client.resources(ChainObject.class).delete();
        await().atMost(SOON).until(() -> heldToken().isPresent());
        assertThat(history.withoutAfterWith("fw")).isEmpty();

        String token = heldToken().orElseThrow();
        client.configMaps()
                .inNamespace(namespace)
                .withName(Names.STATE)
                .edit(c -> new ConfigMapBuilder(c)
                        .editMetadata()
                        .addToAnnotations(Names.CONFIRM_REMOVAL, token)
                        .endMetadata()
                        .build());
        await().atMost(SOON)
                .until(() -> assigned("n1", "fw").isEmpty()
                        && assigned("n2", "other").isEmpty());
    }

    private Optional<String> heldToken() {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(Names.STATE)
                        .get())
                .map(c -> c.getData().get("heldRemoval"));
    }

    @Test
    void aChainThatIsRecreatedWhileTheOperatorIsDownGoesOverInPlace() throws IOException {
        nodes(2);
        bytes("v1");
        chain("80", "1");
        awaitReady("fw", 1);

        operator.close();
        client.resources(ChainObject.class).withName("fw").delete();
        await().atMost(SOON)
                .until(() -> client.resources(ChainObject.class).withName("fw").get() == null);
        chain("443", "1");
        startOperator();
        awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
    }

    @Test
    void theObjectOfANodeThatIsGoneGoesAfterItsTimeAndOneOfARecreatedNodeStays() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        awaitReady("fw", 1);

        client.nodes().withName("n1").delete();
        client.nodes().withName("n2").delete();
        node("n2");
        await().atMost(SOON).until(() -> history.deleted().contains("n1"));
        awaitReady("fw", 1);
        assertThat(history.deleted()).containsExactly("n1");
        assertThat(history.withoutAfterWith("fw")).isEmpty();
        String uid = client.nodes().withName("n2").get().getMetadata().getUid();
        assertThat(client.resources(CgroupProgramNode.class)
                        .withName("n2")
                        .get()
                        .getSpec()
                        .nodeUID())
                .isEqualTo(uid);
    }

    @Test
    void aNodeThatIsNotReadyGetsNothingUntilItIs() {
        nodes(2);
        bytes("v1");
        chain("80", "2");
        awaitReady("fw", 1);
        ready(client.nodes().withName("n2").get(), false);
        await().atMost(SOON)
                .until(() -> status("fw").filter(s -> s.unreachable() == 1).isPresent());

        chain("443", "2");
        awaitReady("fw", 2);
        assertThat(assigned("n2", "fw").orElseThrow().revision()).isOne();
        ready(client.nodes().withName("n2").get(), true);
        await().atMost(SOON).until(() -> assigned("n2", "fw").orElseThrow().revision() == 2);
    }

    @Test
    void aLostObjectIsWrittenAgainWithAllThatTheNodeHad() {
        nodes(1);
        bytes("v1");
        chain("80", "1");
        chain("other", "1", "2", false, false);
        awaitReady("fw", 1);
        awaitReady("other", 1);

        client.resources(CgroupProgramNode.class).withName("n1").delete();
        await().atMost(SOON)
                .until(() ->
                        history.deleted().contains("n1") && assigned("n1", "fw").isPresent());
        awaitReady("fw", 1);
        awaitReady("other", 1);

        List<CgroupProgramNode> states = history.states();
        String last = states.getLast().getMetadata().getUid();
        assertThat(states.stream().filter(s -> s.getMetadata().getUid().equals(last)))
                .allSatisfy(s -> assertThat(s.getSpec().complete()
                                && s.getSpec().assignments().size() < 2)
                        .isFalse());
    }
}
