package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.testing.ChartTemplates;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.crds.testing.RawApi;
import io.bpfchain.crds.testing.RawApi.Answer;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The chart's admission policy for agents, as Helm renders it, with real tokens. Here the agent's ServiceAccount may do anything with
 * CgroupProgramNodes, so that what is refused is refused by the policy and not by RBAC.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithTestCluster.class)
class AdmissionPolicyIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Part of a header's name when it is impersonated, hence encoded. */
    private static final String NODE_NAME = "authentication.kubernetes.io%2Fnode-name";

    private static final String MERGE = "application/merge-patch+json";
    private static final String NOT_STATUS = "An agent may only write the status of a CgroupProgramNode.";
    private static final String NOT_ITS_NODE =
            "An agent may only write the CgroupProgramNode of the node that its token is bound to.";

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String namespace = "policy-" + run;
    private final String own = "own-" + run;
    private final String other = "other-" + run;
    private KubernetesClient admin;
    private List<HasMetadata> objects;
    private List<HasMetadata> policy;
    private Answer withoutThePolicy;

    @BeforeAll
    void install(TestCluster cluster) throws IOException {
        admin = cluster.client();
        Definitions.installAll(admin);
        objects = load(resource());
        objects.forEach(o -> admin.resource(o).create());
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> podToken(own) != null && write(podToken(own), own).successful());
        withoutThePolicy = write(podToken(own), other);
        policy = load(ChartTemplates.render(namespace, "templates/admission-policy.yaml"));
        policy.forEach(o -> admin.resource(o).create());
        // An API server takes a moment to know a new policy.
        await().atMost(SOON).until(() -> write(plainToken(), own).code() == 403);
    }

    @AfterAll
    void remove() {
        policy.forEach(o -> admin.resource(o).delete());
        objects.reversed().forEach(o -> admin.resource(o).withGracePeriod(0).delete());
    }

    @Test
    void withoutThePolicyAnAgentWritesForAnotherNode() {
        assertThat(withoutThePolicy.code()).as("%s", withoutThePolicy.body()).isEqualTo(200);
    }

    @Test
    void aPodWritesTheStatusOfItsNode() {
        assertThat(write(podToken(own), own).code()).isEqualTo(200);
        assertThat(write(podToken(other), other).code()).isEqualTo(200);
    }

    @Test
    void aPodDoesNotWriteTheStatusOfAnotherNode() {
        refused(write(podToken(own), other), NOT_ITS_NODE);
        refused(write(podToken(other), own), NOT_ITS_NODE);
    }

    @Test
    void aTokenThatIsBoundToANodeWritesForThatNodeOnly() {
        String token = token("Node", own, admin.nodes().withName(own).get());
        assertThat(write(token, own).code()).isEqualTo(200);
        refused(write(token, other), NOT_ITS_NODE);
    }

    @Test
    void aTokenWithoutANodeWritesNothing() {
        refused(write(plainToken(), own), NOT_ITS_NODE);
    }

    @Test
    void onlyTheStatusIsWritten() {
        String token = podToken(own);
        refused(send(token, "PATCH", path(own), MERGE, spec("changed")), NOT_STATUS);
        refused(send(token, "DELETE", path(own), "application/json", object()), NOT_STATUS);
        refused(send(token, "DELETE", path(""), "application/json", object()), NOT_STATUS);
        refused(send(token, "POST", path(""), "application/json", node("new-" + run)), NOT_STATUS);
    }

    @Test
    void theSpecDoesNotChangeThroughTheStatus() {
        ObjectNode both = status(own);
        both.setAll((ObjectNode) spec("through the status"));
        both.putObject("metadata").putObject("annotations").put("bpfchain.io/through", "the status");
        Answer answer = send(podToken(own), "PATCH", path(own) + "/status", MERGE, both);
        assertThat(answer.code()).isEqualTo(200);
        CgroupProgramNode after =
                admin.resources(CgroupProgramNode.class).withName(own).get();
        assertThat(after.getSpec().nodeUID()).isEqualTo("of-" + own);
        assertThat(after.getMetadata().getAnnotations()).doesNotContainKey("bpfchain.io/through");
    }

    @Test
    void whoMayImpersonateTheAgentIsHeldToTheSame() {
        refused(impersonated(Map.of(), own), NOT_ITS_NODE);
        refused(impersonated(Map.of(NODE_NAME, List.of(other)), own), NOT_ITS_NODE);
        refused(impersonated(Map.of(NODE_NAME, List.of(own, other)), own), NOT_ITS_NODE);
        assertThat(impersonated(Map.of(NODE_NAME, List.of(own)), own).code()).isEqualTo(200);
    }

    @Test
    void othersAreNotMeant() {
        try (RawApi api = new RawApi(admin)) {
            assertThat(api.send("PATCH", path(other) + "/status", MERGE, status(other))
                            .code())
                    .isEqualTo(200);
        }
    }

    private static void refused(Answer answer, String why) {
        assertThat(answer.code()).as("%s", answer.body()).isEqualTo(403);
        assertThat(answer.body().path("message").asText())
                .contains("ValidatingAdmissionPolicy 'bpfchain-agent'")
                .contains(why);
    }

    private Answer write(String token, String node) {
        return send(token, "PATCH", path(node) + "/status", MERGE, status(node));
    }

    private Answer send(String token, String method, String path, String type, JsonNode body) {
        return send(
                new ConfigBuilder(admin.getConfiguration())
                        .withOauthToken(token)
                        .withAutoOAuthToken(null)
                        .withClientCertData(null)
                        .withClientCertFile(null)
                        .withClientKeyData(null)
                        .withClientKeyFile(null)
                        .withUsername(null)
                        .withPassword(null)
                        .build(),
                method,
                path,
                type,
                body);
    }

    private Answer impersonated(Map<String, List<String>> extra, String node) {
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername("system:serviceaccount:" + namespace + ":bpfchain-agent")
                .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
                .withImpersonateExtras(extra)
                .build();
        return send(config, "PATCH", path(node) + "/status", MERGE, status(node));
    }

    private static Answer send(Config config, String method, String path, String type, JsonNode body) {
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                RawApi api = new RawApi(client)) {
            return api.send(method, path, type, body);
        }
    }

    /** What a pod of the DaemonSet has: a token that is bound to the pod, which is bound to the node. */
    private String podToken(String node) {
        String name = "agent-" + node;
        return token(
                "Pod", name, admin.pods().inNamespace(namespace).withName(name).get());
    }

    private String plainToken() {
        return token(new TokenRequestBuilder().withNewSpec().endSpec().build());
    }

    private String token(String kind, String name, HasMetadata bound) {
        return token(new TokenRequestBuilder()
                .withNewSpec()
                .withNewBoundObjectRef("v1", kind, name, bound.getMetadata().getUid())
                .endSpec()
                .build());
    }

    private String token(TokenRequest request) {
        ServiceAccount account = Objects.requireNonNull(admin.serviceAccounts()
                .inNamespace(namespace)
                .withName("bpfchain-agent")
                .get());
        return admin.serviceAccounts()
                .resource(account)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    private static String path(String node) {
        return "/apis/bpfchain.io/v1alpha1/cgroupprogramnodes" + (node.isEmpty() ? "" : "/" + node);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode status(String node) {
        ObjectNode body = object();
        body.putObject("status")
                .put("nodeObjectUID", "of-" + node)
                .put("assignmentsDigest", "sha256:" + "0".repeat(64))
                .put("agentVersion", "test")
                .put("kernelRelease", "test");
        return body;
    }

    private static JsonNode spec(String nodeUid) {
        ObjectNode body = object();
        body.putObject("spec").put("nodeUID", nodeUid);
        return body;
    }

    private static JsonNode node(String name) {
        ObjectNode body = object();
        body.put("apiVersion", "bpfchain.io/v1alpha1").put("kind", "CgroupProgramNode");
        body.putObject("metadata").put("name", name);
        body.putObject("spec")
                .put("nodeUID", "of-" + name)
                .put("complete", true)
                .putArray("assignments");
        return body;
    }

    private String resource() throws IOException {
        try (InputStream in = AdmissionPolicyIT.class.getResourceAsStream("admission-policy.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("NAMESPACE", namespace)
                    .replace("OWN", own)
                    .replace("OTHER", other);
        }
    }

    private List<HasMetadata> load(String yaml) {
        return admin.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }
}
