package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the operator makes revisions of chains, against a real API server. */
class ChainRevisionIT extends OneOperator {
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
}
