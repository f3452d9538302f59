package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator against a real API server, with simulated agents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithTestCluster.class)
class OperatorIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WHILE = Duration.ofSeconds(16);
    private KubernetesClient client;
    private String namespace;
    private OperatorLab lab;
    private History history;

    @BeforeAll
    void findCluster(TestCluster cluster) {
        client = cluster.client();
        Definitions.installAll(client);
        assertThat(client.resources(ChainObject.class).list().getItems())
                .as("this test deletes every chain of the cluster, so it wants one that has none")
                .isEmpty();
    }

    @BeforeEach
    void start() throws IOException {
        namespace = "op-" + UUID.randomUUID().toString().substring(0, 8);
        lab = new OperatorLab(client, namespace);
        history = new History(client);
    }

    @AfterEach
    void stop() {
        lab.close();
        history.close();
    }

    private void bytes(String text) {
        ConfigMap source = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("firewall")
                .withNamespace(namespace)
                .addToLabels(ClusterNames.SOURCE, "true")
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

    /** So many nodes run the first revision of the chain fw. */
    private void firewallOn(int nodes) {
        lab.nodes(nodes);
        bytes("v1");
        chain("80", "1");
        lab.awaitReady("fw", 1);
    }

    private List<ControllerRevision> revisions() {
        return client.apps().controllerRevisions().inNamespace(namespace).list().getItems();
    }

    @Test
    void aChainBecomesARevisionItsBytesAndAssignmentsAndIsReadyWhenTheAgentsSaySo() throws Exception {
        lab.nodes(3);
        lab.agents().silence("n3");
        bytes("v1");
        chain("80", "100%");

        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.ready() == 2).isPresent());
        assertThat(lab.condition("fw", "Ready").map(Condition::status)).contains(Condition.Status.False);
        lab.agents().speak("n3");
        lab.awaitReady("fw", 1);

        assertThat(revisions()).singleElement().satisfies(r -> {
            RevisionContent content = RevisionContent.read(new ObjectMapper().valueToTree(r.getData()));
            assertThat(r.getMetadata().getName()).isEqualTo(content.name());
            assertThat(lab.assigned("n1", "fw").orElseThrow().digest()).isEqualTo(content.digest());
            assertThat(r.getMetadata().getLabels()).containsEntry(ClusterNames.CHAIN, "fw");
        });
        String digest = Sha256.of("v1".getBytes(StandardCharsets.UTF_8));
        ConfigMap blob = client.configMaps()
                .inNamespace(namespace)
                .withName(SourceBlob.name(digest))
                .get();
        assertThat(blob.getImmutable()).isTrue();
        assertThat(Base64.getDecoder().decode(blob.getBinaryData().get(SourceBlob.KEY)))
                .isEqualTo("v1".getBytes(StandardCharsets.UTF_8));
        assertThat(lab.assigned("n1", "fw").orElseThrow().requires()).containsExactly("Kubepods");
        assertThat(history.states())
                .isNotEmpty()
                .allSatisfy(s -> assertThat(s.getSpec().assignments()).isNotEmpty());
        await().atMost(SOON).until(() -> List.of("n1", "n2", "n3").stream().allMatch(lab::isComplete));
        assertThat(lab.status("fw").orElseThrow().nodes()).isEqualTo("3/3");
        assertThat(get("/readyz")).isEqualTo("ok\n");
        assertThat(get("/metrics")).contains("bpfchain_chain_nodes{chain=\"fw\",state=\"ready\"} 3");
    }

    private String get(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + lab.port() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void newBytesAreANewRevisionThatReachesOneNodeAfterTheOther() {
        firewallOn(5);

        bytes("v2");
        lab.awaitReady("fw", 2);

        assertThat(history.mostInChange("fw", 1)).isEqualTo(1);
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(revisions()).hasSize(2);
    }

    /** The number is all that is written to the revision that is there. */
    @Test
    void aChainThatGoesBackGetsItsEarlierRevisionUnderANewNumber() {
        firewallOn(2);
        String first = revisions().getFirst().getMetadata().getUid();
        chain("443", "1");
        lab.awaitReady("fw", 2);

        chain("80", "1");
        lab.awaitReady("fw", 3);

        assertThat(revisions())
                .filteredOn(r -> r.getMetadata().getUid().equals(first))
                .singleElement()
                .satisfies(r -> assertThat(r.getRevision()).isEqualTo(3));
        assertThat(revisions()).hasSize(2);
        assertThat(history.withoutAfterWith("fw")).isEmpty();
    }

    @Test
    void theCountOfNodesInChangeSeesMoreThanOneWhereMoreAreAllowed() {
        lab.nodes(5);
        bytes("v1");
        chain("80", "5");
        lab.awaitReady("fw", 1);

        assertThat(history.mostInChange("fw", 1)).isGreaterThan(1);
    }

    @Test
    void aNodeThatRefusesStopsTheRolloutAndTheOthersKeepTheOldRevision() {
        firewallOn(4);
        lab.agents().refuse("n2");

        chain("443", "1");
        lab.awaitReason("fw", "Stalled", "RolloutStopped");

        assertThat(lab.status("fw").orElseThrow().failingNodes())
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.node()).isEqualTo("n2");
                    assertThat(f.reason()).isEqualTo("VerifierRefused");
                });
        lab.node("n0");
        await().atMost(SOON).until(() -> lab.assigned("n0", "fw").isPresent());
        assertThat(List.of("n0", "n1", "n2", "n3", "n4"))
                .extracting(n -> lab.assigned(n, "fw").orElseThrow().revision())
                .containsExactly(1L, 2L, 2L, 1L, 1L);
        String uid = client.resources(ChainObject.class).withName("fw").get().uid();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(events())
                        .filteredOn(e -> uid.equals(e.getRegarding().getUid()))
                        .extracting(Event::getReason)
                        .contains("RolloutStopped", "VerifierRefused"));
        assertThat(events())
                .filteredOn(e -> uid.equals(e.getRegarding().getUid()) && e.getRelated() != null)
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.getReason()).isEqualTo("VerifierRefused");
                    assertThat(e.getNote()).isEqualTo("Node n2, revision 2: R1 invalid mem access");
                    assertThat(e.getRelated().getName()).isEqualTo("n2");
                });
    }

    private List<Event> events() {
        return client.events().v1().events().inNamespace("default").list().getItems();
    }

    @Test
    void aPausedRolloutGoesOnWhenItIsResumed() {
        firewallOn(3);

        chain("fw", "443", "1", true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        assertThat(lab.assigned("n1", "fw").orElseThrow().revision()).isOne();

        chain("443", "1");
        lab.awaitReady("fw", 2);
    }

    /** No kubelet writes these Nodes, and nobody else makes the operator look at one again. */
    @Test
    void anAssignmentThatSomebodyDropsIsGivenAgain() {
        firewallOn(1);
        await().atMost(SOON).until(() -> lab.isComplete("n1"));

        client.resources(CgroupProgramNode.class)
                .withName("n1")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"assignments\": []}}");

        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isPresent());
        assertThat(history.states())
                .as("negative control: it was away")
                .anyMatch(
                        s -> s.getSpec().complete() && s.getSpec().assignments().isEmpty());
    }

    /** A suspended chain may change, and what it then needs is nothing that the revision before needs. */
    @Test
    void aRevisionRequiresWhatItWasMadeFromThoughTheChainChangedWhileItWasSuspended() {
        firewallOn(1);

        chain("fw", "443", "1", false, true);
        lab.awaitReason("fw", "Ready", "Suspended");
        chainOfPods(true, true);
        await().atMost(SOON)
                .until(() -> lab.status("fw").orElseThrow().observedGeneration()
                        == client.resources(ChainObject.class)
                                .withName("fw")
                                .get()
                                .generation());
        chainOfPods(true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        lab.node("n2");

        await().atMost(SOON).until(() -> lab.assigned("n2", "fw").isPresent());
        assertThat(lab.assigned("n2", "fw").orElseThrow().revision()).isOne();
        assertThat(lab.assigned("n2", "fw").orElseThrow().requires()).containsExactly("Kubepods");
    }

    private void chainOfPods(boolean paused, boolean suspend) {
        client.resource(template()
                        .replace("{kubepods: {}}", "{pods: {podSelector: {matchLabels: {app: web}}}}")
                        .replace("NAMESPACE", namespace)
                        .replace("NAME", "fw")
                        .replace("PORT", "80")
                        .replace("MAX_CONCURRENT", "1")
                        .replace("PAUSED", String.valueOf(paused))
                        .replace("SUSPEND", String.valueOf(suspend)))
                .fieldManager("user")
                .forceConflicts()
                .serverSideApply();
    }

    /** Nodes that are new while a rollout is paused get the revision before, which must be there to be fetched. */
    @Test
    void whatANodeMissesOfTheRevisionBeforeTheTargetIsWrittenAgain() {
        firewallOn(1);
        chain("fw", "443", "1", true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        assertThat(revisions()).hasSize(2);
        deleteBlob("v1");
        await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> !isKept("v1")); // nobody misses it

        lab.agents().miss("n0");
        lab.node("n0");

        await().atMost(SOON).until(() -> isKept("v1"));
        assertThat(lab.assigned("n0", "fw").orElseThrow().revision()).isOne();
    }

    @Test
    void aLostRevisionIsWrittenAgainForANodeThatMissesItWhenOnlyBytesHaveChangedSince() {
        firewallOn(1);
        lab.agents().silence("n1");
        bytes("v2");
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").orElseThrow().revision() == 2);
        ControllerRevision first = revisions().stream()
                .filter(r -> r.getRevision() == 1)
                .findFirst()
                .orElseThrow();
        client.resource(first).delete();

        lab.agents().miss("n0");
        chain("fw", "80", "1", true, false);
        lab.node("n0");

        await().atMost(SOON)
                .until(() -> revisions().stream()
                        .anyMatch(r -> r.getMetadata()
                                        .getName()
                                        .equals(first.getMetadata().getName())
                                && r.getRevision() == 1));
    }

    private void deleteBlob(String text) {
        client.configMaps().inNamespace(namespace).withName(blob(text)).delete();
    }

    private boolean isKept(String text) {
        return client.configMaps().inNamespace(namespace).withName(blob(text)).get() != null;
    }

    private static String blob(String text) {
        return SourceBlob.name(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSuspendedChainIsLeftAloneUntilItIsNotSuspended() {
        firewallOn(2);

        chain("fw", "443", "1", false, true);
        lab.awaitReason("fw", "Ready", "Suspended");
        bytes("v2");
        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .until(() -> revisions().size() == 1
                        && lab.assigned("n1", "fw").orElseThrow().revision() == 1);

        chain("443", "1");
        lab.awaitReady("fw", 2);
    }

    @Test
    void aSpecThatOnlyTheOperatorCanRefuseStallsAndMakesNoRevisionAndOthersGoOn() {
        lab.nodes(1);
        bytes("v1");
        chain("big", "18446744073709551616", "1", false, false);
        chain("80", "1");
        lab.awaitReady("fw", 1);
        lab.awaitReason("big", "Stalled", "InvalidSpec");

        assertThat(lab.condition("big", "Ready").orElseThrow().message())
                .contains("spec.objects[0].globals.blocked_port")
                .contains("write it as a string");
        assertThat(revisions()).hasSize(1);
    }

    @Test
    void whatAnOlderSchemaLetInStallsAndDisturbsNoOther() throws IOException {
        lab.stopOperator();
        Definitions.installChainsWithoutRules(client);
        older("no-source", "source: {}", "");
        older("no-key", "source: {configMap: {namespace: a, name: b}}", "");
        older("unknown-word", "source: {url: {url: 'https://a/b', sha256: '%064x'}}".formatted(1), "onUpdate: Merge");
        Definitions.installChains(client);
        lab.startOperator();
        lab.nodes(1);
        bytes("v1");
        chain("80", "1");

        lab.awaitReady("fw", 1);
        assertStalled(
                "no-source", "spec.objects[0].source: Invalid value: exactly one of file, url, configMap and oci");
        assertStalled("no-key", "spec.objects[0].source.configMap.key: Required value");
        assertStalled("unknown-word", "spec.objects[0].maps[0].onUpdate: Unsupported value: \"Merge\"");
        assertThat(revisions())
                .extracting(r -> r.getMetadata().getLabels().get(ClusterNames.CHAIN))
                .containsExactly("fw");
    }

    private void older(String name, String source, String map) {
        client.resource("""
                        apiVersion: bpfchain.io/v1alpha1
                        kind: CgroupProgramChain
                        metadata: {name: %s}
                        spec:
                          attachType: cgroup_inet_egress
                          cgroup: {kubepods: {}}
                          objects: [{name: o, %s, maps: [{name: m, %s}]}]
                          programs: [{name: p}]
                        """.formatted(name, source, map)).create();
    }

    private void assertStalled(String chain, String message) {
        lab.awaitReason(chain, "Stalled", "InvalidSpec");
        assertThat(lab.condition(chain, "Stalled").orElseThrow().message()).startsWith(message);
    }

    @Test
    void aMissingSourceIsWaitedForAndALostOneChangesNothing() {
        lab.nodes(2);
        chain("80", "1");
        lab.awaitReason("fw", "Reconciling", "SourceUnavailable");

        bytes("v1");
        lab.awaitReady("fw", 1);
        client.configMaps().inNamespace(namespace).withName("firewall").delete();
        await().atMost(SOON)
                .until(() -> lab.condition("fw", "Ready")
                        .filter(c -> c.message().contains("stay in use"))
                        .isPresent());
        assertThat(lab.isReady("fw", 1)).isTrue();
    }

    @Test
    void aDeletedChainIsTakenOutAfterTheDelayAndOneThatReturnsInTimeIsNot() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        chain("other", "1", "2", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        client.resources(ChainObject.class).withName("fw").delete();
        chain("443", "2");
        lab.awaitReady("fw", 2);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());

        client.resources(ChainObject.class).withName("fw").delete();
        await().during(Duration.ofSeconds(8))
                .atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isPresent());
        await().atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isEmpty()
                        && lab.assigned("n2", "fw").isEmpty());
        assertThat(lab.assigned("n1", "other")).isPresent();
    }

    @Test
    void aDeselectedNodeLosesTheChainAndASelectedOneGetsIt() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        lab.awaitReady("fw", 1);

        client.nodes()
                .withName("n1")
                .edit(n -> new NodeBuilder(n)
                        .editMetadata()
                        .addToLabels("bpfchain.io/test", "no")
                        .endMetadata()
                        .build());
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isEmpty());
        assertThat(lab.assigned("n2", "fw")).isPresent();
        lab.node("n3");
        await().atMost(SOON).until(() -> lab.assigned("n3", "fw").isPresent());
    }

    @Test
    void aDrainedNodeIsLeftOutAndKeepsItsAssignmentsForTheTimeAfter() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        lab.awaitReady("fw", 1);

        drain("n1", true);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.desired() == 1).isPresent());
        chain("443", "2");
        lab.awaitReady("fw", 2);
        assertThat(lab.assigned("n1", "fw").orElseThrow().revision()).isOne();
        CgroupProgramNode drained =
                client.resources(CgroupProgramNode.class).withName("n1").get();
        assertThat(drained.getSpec().drain()).isTrue();
        assertThat(drained.getStatus().drained()).isTrue();

        drain("n1", false);
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").orElseThrow().revision() == 2);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.ready() == 2).isPresent());
        assertThat(history.withoutAfterWith("fw")).isEmpty();
    }

    /** As kubectl bpfchain does. */
    private void drain(String node, boolean drain) {
        client.resources(CgroupProgramNode.class)
                .withName(node)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"drain\": " + (drain ? "true" : "null") + "}}");
    }

    @Test
    void nothingIsTakenOutWhenTheDefinitionOfChainsIsDeletedAndComesBack() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        lab.awaitReady("fw", 1);
        awaitCrdRecorded();

        Definitions.deleteChains(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        Definitions.installChains(client);
        await().during(WHILE)
                .atMost(SOON)
                .until(() -> history.withoutAfterWith("fw").isEmpty());
        chain("443", "2");
        lab.awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.deleted()).isEmpty();
    }

    private void awaitCrdRecorded() {
        await().atMost(SOON)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName(ClusterNames.STATE)
                                .get()
                        != null);
    }

    @Test
    void aMassRemovalIsHeldUntilItIsConfirmed() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        chain("other", "1", "2", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);
        awaitCrdRecorded();

        client.resources(ChainObject.class).delete();
        await().atMost(SOON).until(() -> heldToken().isPresent());
        assertThat(history.withoutAfterWith("fw")).isEmpty();

        String token = heldToken().orElseThrow();
        client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterNames.STATE)
                .edit(c -> new ConfigMapBuilder(c)
                        .editMetadata()
                        .addToAnnotations(ClusterNames.CONFIRM_REMOVAL, token)
                        .endMetadata()
                        .build());
        await().atMost(SOON)
                .until(() -> lab.assigned("n1", "fw").isEmpty()
                        && lab.assigned("n2", "other").isEmpty());
    }

    @Test
    void aHeldRemovalIsForgottenWhenTheChainsComeBack() {
        lab.nodes(1);
        bytes("v1");
        chain("80", "1");
        chain("other", "1", "1", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);
        awaitCrdRecorded();
        client.resources(ChainObject.class).delete();
        await().atMost(SOON).until(() -> heldToken().isPresent());

        chain("80", "1");
        chain("other", "1", "1", false, false);
        await().atMost(SOON).until(() -> heldToken().isEmpty());
        assertThat(history.withoutAfterWith("fw")).isEmpty();
    }

    private Optional<String> heldToken() {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(ClusterNames.STATE)
                        .get())
                .map(c -> c.getData().get("heldRemoval"));
    }

    @Test
    void aChainThatIsRecreatedWhileTheOperatorIsDownGoesOverInPlace() throws IOException {
        firewallOn(2);

        lab.stopOperator();
        client.resources(ChainObject.class).withName("fw").delete();
        await().atMost(SOON)
                .until(() -> client.resources(ChainObject.class).withName("fw").get() == null);
        chain("443", "1");
        lab.startOperator();
        lab.awaitReady("fw", 2);

        assertThat(history.withoutAfterWith("fw")).isEmpty();
        assertThat(history.mostInChange("fw", 2)).isEqualTo(1);
    }

    @Test
    void theObjectOfANodeThatIsGoneGoesAfterItsTimeAndOneOfARecreatedNodeStays() {
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        lab.awaitReady("fw", 1);

        client.nodes().withName("n1").delete();
        client.nodes().withName("n2").delete();
        lab.node("n2");
        await().atMost(SOON).until(() -> history.deleted().contains("n1"));
        lab.awaitReady("fw", 1);
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
        lab.nodes(2);
        bytes("v1");
        chain("80", "2");
        lab.awaitReady("fw", 1);
        lab.ready(client.nodes().withName("n2").get(), false);
        await().atMost(SOON)
                .until(() -> lab.status("fw").filter(s -> s.unreachable() == 1).isPresent());

        chain("443", "2");
        lab.awaitReady("fw", 2);
        assertThat(lab.assigned("n2", "fw").orElseThrow().revision()).isOne();
        lab.ready(client.nodes().withName("n2").get(), true);
        await().atMost(SOON).until(() -> lab.assigned("n2", "fw").orElseThrow().revision() == 2);
    }

    @Test
    void aLostObjectIsWrittenAgainWithAllThatTheNodeHad() {
        lab.nodes(1);
        bytes("v1");
        chain("80", "1");
        chain("other", "1", "2", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        client.resources(CgroupProgramNode.class).withName("n1").delete();
        await().atMost(SOON)
                .until(() -> history.deleted().contains("n1")
                        && lab.assigned("n1", "fw").isPresent());
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        List<CgroupProgramNode> states = history.states();
        String last = states.getLast().getMetadata().getUid();
        assertThat(states.stream().filter(s -> s.getMetadata().getUid().equals(last)))
                .allSatisfy(s -> assertThat(s.getSpec().complete()
                                && s.getSpec().assignments().size() < 2)
                        .isFalse());
    }

    @Test
    void aLostObjectTakesNothingOutThatOnlyTheNodeRemembers() throws IOException {
        lab.nodes(2);
        bytes("v1");
        chain("other", "1", "2", false, false);
        lab.awaitReady("other", 1);
        lab.agents().silence("n2");
        chain("80", "1");
        await().atMost(SOON).until(() -> lab.assigned("n2", "fw").isPresent());
        chain("fw", "80", "1", true, false);
        lab.awaitReason("fw", "Reconciling", "Paused");
        Optional<Assignment> before = lab.assigned("n1", "fw");
        assertThat(before).as("the first rollout has begun and is not complete").isPresent();

        lab.stopOperator();
        client.resources(CgroupProgramNode.class).withName("n1").delete();
        lab.startOperator();

        await().atMost(SOON).until(() -> lab.isComplete("n1"));
        assertThat(lab.assigned("n1", "fw").map(Assignment::digest)).isEqualTo(before.map(Assignment::digest));
        assertThat(lab.assigned("n1", "other")).isPresent();
        assertThat(lab.agents().detached()).isEmpty();
    }

    @Test
    void aChainThatIsGoneWithTheObjectThatAssignedItGoesByTheGuardsOfRemovals() throws IOException {
        lab.nodes(1);
        bytes("v1");
        chain("80", "1");
        chain("other", "1", "1", false, false);
        lab.awaitReady("fw", 1);
        lab.awaitReady("other", 1);

        awaitCrdRecorded();
        lab.stopOperator();
        client.resources(ChainObject.class).withName("fw").delete();
        client.resources(CgroupProgramNode.class).withName("n1").delete();
        lab.startOperator();

        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isPresent());
        assertThat(lab.assigned("n1", "fw").orElseThrow().retain())
                .as("nobody knows what its deletionPolicy was")
                .isTrue();
        await().atMost(SOON).until(() -> lab.assigned("n1", "fw").isEmpty());
        assertThat(lab.assigned("n1", "other")).isPresent();
    }
}
