package io.bpfchain.operator;

import static io.bpfchain.operator.OperatorLab.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tree of {@code examples/gitops}, applied as Argo CD and Flux do it, by a real kubectl against a real API server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithTestCluster.class)
class GitOpsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final String PRODUCTION = "examples/gitops/clusters/production";
    private static final String STAGING = "examples/gitops/clusters/staging";
    private static final Path README = Path.of("../examples/gitops/README.md");
    private static final String CHAIN = "egress-firewall";
    private static final String SOURCES = "bpfchain-examples";

    private KubernetesClient client;
    private Kubectl kubectl;
    private OperatorLab lab;

    @BeforeAll
    void prepare(TestCluster cluster) throws Exception {
        client = cluster.client();
        kubectl = new Kubectl(cluster);
        Definitions.installAll(client);
        assertThat(client.resources(ChainObject.class).list().getItems()).isEmpty();
        assertThat(client.nodes().list().getItems())
                .as("these chains are for every node, so this test wants a cluster that has none")
                .isEmpty();
        assertThat(new ProcessBuilder("make", "--silent", "-C", "../examples")
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @BeforeEach
    void start() throws IOException {
        lab = new OperatorLab(client, "gitops-" + UUID.randomUUID().toString().substring(0, 8));
        lab.nodes(2);
    }

    @AfterEach
    void stop() {
        lab.close();
        client.namespaces().withName(SOURCES).delete();
        await().atMost(SOON).until(() -> client.namespaces().withName(SOURCES).get() == null);
    }

    private Kubectl.Result apply(String tree) {
        return kubectl.run("", "apply", "--server-side", "--field-manager=gitops", "-k", tree);
    }

    private void applied(String tree) {
        Kubectl.Result result = apply(tree);
        assertThat(result.status()).as(result.output()).isZero();
    }

    private JsonNode chain() {
        return object("cgroupprogramchain", CHAIN);
    }

    private JsonNode object(String... which) {
        List<String> arguments = new ArrayList<>(List.of("get", "-o", "json"));
        arguments.addAll(List.of(which));
        try {
            return JSON.readTree(kubectl.ok(arguments.toArray(String[]::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Generation and resourceVersion of what the tree declares, but the namespace, which Kubernetes itself labels once more. */
    private List<String> versions() {
        return List.of(chain(), object("configmap", CHAIN, "-n", SOURCES)).stream()
                .map(o -> o.at("/metadata/generation") + " " + o.at("/metadata/resourceVersion"))
                .toList();
    }

    @Test
    void applyingTheSameTreeAgainChangesNothingAndAnotherTreeDoes() {
        applied(PRODUCTION);
        lab.awaitReady(CHAIN, 1);
        List<String> before = versions();

        applied(PRODUCTION);
        assertThat(kubectl.run("", "diff", "--server-side", "--field-manager=gitops", "-k", PRODUCTION))
                .isEqualTo(new Kubectl.Result(0, ""));
        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(versions()).isEqualTo(before));

        applied(STAGING);
        lab.awaitReady(CHAIN, 2);
        assertThat(versions()).isNotEqualTo(before);
        assertThat(chain().at("/spec/objects/0/globals/enforce").asBoolean()).isFalse();
        assertThat(chain().at("/spec").has("deletionPolicy")).isTrue();
    }

    @Test
    void argoAndFluxReadFromTheStatusHowARolloutGoes() {
        lab.agents().silence("n2");
        applied(PRODUCTION);
        await().atMost(SOON).until(() -> chain().at("/status/ready").asInt() == 1);
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Progressing");
        assertThat(GitOpsTools.kstatus(chain())).isEqualTo("InProgress");

        lab.agents().speak("n2");
        lab.awaitReady(CHAIN, 1);
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Healthy");
        assertThat(GitOpsTools.kstatus(chain())).isEqualTo("Current");
        kubectl.ok("wait", "--for=condition=Ready", "--timeout=10s", "cgroupprogramchain/" + CHAIN);

        patch("{\"spec\":{\"priority\":7,\"rollout\":{\"paused\":true}}}");
        lab.awaitReason(CHAIN, "Reconciling", "Paused");
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Suspended");
        assertThat(GitOpsTools.kstatus(chain())).isEqualTo("InProgress");

        lab.agents().refuse("n1");
        patch("{\"spec\":{\"rollout\":{\"paused\":false}}}");
        lab.awaitReason(CHAIN, "Stalled", "RolloutStopped");
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Degraded");
        assertThat(GitOpsTools.kstatus(chain())).isEqualTo("Failed");

        patch("{\"spec\":{\"suspend\":true}}");
        lab.awaitReason(CHAIN, "Ready", "Suspended");
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Suspended");
    }

    @Test
    void aGenerationThatTheOperatorHasNotSeenIsNeverHealthy() {
        applied(PRODUCTION);
        lab.awaitReady(CHAIN, 1);
        lab.stopOperator();
        patch("{\"spec\":{\"priority\":7}}");

        assertThat(chain().at("/status/conditions/0/status").asText()).isEqualTo("True");
        assertThat(GitOpsTools.argo(chain())).isEqualTo("Progressing");
        assertThat(GitOpsTools.kstatus(chain())).isEqualTo("InProgress");
    }

    private void patch(String merge) {
        kubectl.ok("patch", "cgroupprogramchain", CHAIN, "--type=merge", "-p", merge);
    }

    @Test
    void anImageUpdaterOwnsNothingButTheSource() throws IOException {
        applied(PRODUCTION);
        lab.awaitReady(CHAIN, 1);
        copyObjectTo(CHAIN + "-1.5");

        updateImage();
        lab.awaitReady(CHAIN, 2);
        assertThat(ownedBy("image-updater").properties())
                .extracting(e -> e.getKey())
                .containsExactly("f:objects");
        assertThat(chain().at("/spec/programs/0/name").asText()).isEqualTo("firewall");

        Kubectl.Result tree = apply(PRODUCTION);
        assertThat(tree.status()).isNotZero();
        assertThat(tree.output()).contains("conflict with \"image-updater\"").contains(".spec.objects");

        applyWithoutSource();
        List<String> before = versions();
        applyWithoutSource();
        updateImage();
        assertThat(versions()).isEqualTo(before);
        assertThat(chain().at("/spec/objects/0/source/configMap/name").asText()).isEqualTo(CHAIN + "-1.5");
        assertThat(lab.isReady(CHAIN, 2)).isTrue();
    }

    private void copyObjectTo(String name) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(SOURCES)
                        .addToLabels(ClusterNames.SOURCE, "true")
                        .endMetadata()
                        .addToBinaryData(
                                "egress_firewall.bpf.o",
                                Base64.getEncoder().encodeToString("1.5".getBytes(StandardCharsets.UTF_8)))
                        .build())
                .create();
    }

    /** As the README says it. */
    private void updateImage() throws IOException {
        String readme = Files.readString(README);
        String yaml =
                readme.substring(readme.indexOf("<<'YAML'\n") + "<<'YAML'\n".length(), readme.indexOf("\nYAML\n"));
        Kubectl.Result result = kubectl.run(
                yaml, "apply", "--server-side", "--force-conflicts", "--field-manager=image-updater", "-f", "-");
        assertThat(result.status()).as(result.output()).isZero();
    }

    private void applyWithoutSource() throws IOException {
        ObjectNode chain = null;
        try (MappingIterator<ObjectNode> documents =
                YAML.readerFor(ObjectNode.class).readValues(kubectl.ok("kustomize", PRODUCTION))) {
            while (documents.hasNext()) {
                ObjectNode document = documents.next();
                if (document.path("kind").asText().equals("CgroupProgramChain")) {
                    chain = document;
                }
            }
        }
        assertThat(chain).isNotNull();
        ((ObjectNode) chain.at("/spec/objects/0")).remove("source");
        Kubectl.Result result =
                kubectl.run(chain.toString(), "apply", "--server-side", "--field-manager=gitops", "-f", "-");
        assertThat(result.status()).as(result.output()).isZero();
    }

    private JsonNode ownedBy(String manager) {
        for (JsonNode entry :
                object("cgroupprogramchain", CHAIN, "--show-managed-fields").at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)) {
                return entry.at("/fieldsV1/f:spec");
            }
        }
        throw new AssertionError(manager + " owns nothing");
    }
}
