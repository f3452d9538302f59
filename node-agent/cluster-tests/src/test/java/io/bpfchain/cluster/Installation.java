package io.bpfchain.cluster;

import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.testing.ChartTemplates;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.crds.testing.Definitions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestSpecBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What {@code helm install} puts into the API server, and what the kubelet gives to the pods: kubeconfigs with their tokens. */
final class Installation {
    static final String NAMESPACE = "bpfchain-system";

    private static final String OPERATOR = "bpfchain-operator";
    private static final String AGENT = "bpfchain-agent";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long TOKEN_SECONDS = 24 * 3600;

    private final ControlPlane plane;
    private final KubernetesClient admin;
    private final Path directory;
    private final List<HasMetadata> permissions;
    private final List<HasMetadata> policy;

    /**
     * Renders the chart; nothing is installed before {@link #install}.
     *
     * @param directory for the operator's kubeconfig
     */
    Installation(ControlPlane plane, Path directory) {
        this.plane = plane;
        this.admin = plane.client();
        this.directory = directory;
        permissions = load(ChartTemplates.render(NAMESPACE, "templates/rbac.yaml"));
        policy = load(ChartTemplates.render(NAMESPACE, "templates/admission-policy.yaml"));
    }

    /** Makes a namespace, where it is not there yet. */
    static void makeNamespace(KubernetesClient admin, String name) {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    /** Installs what is not there, as {@code helm upgrade --install} would. */
    void install() {
        Definitions.installAll(admin);
        makeNamespace(admin, NAMESPACE);
        grant();
        policy.forEach(o -> admin.resource(o).serverSideApply());
    }

    /** The object of a Node that is Ready, made anew. */
    Node makeNode(String name) {
        NodeBuilder node = new NodeBuilder().withNewMetadata().withName(name).endMetadata();
        admin.resource(node.build()).create();
        return admin.resource(node.withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withLastTransitionTime(Clock.systemUTC().instant().toString())
                        .endCondition()
                        .endStatus()
                        .build())
                .patchStatus();
    }

    /** Gives the accounts their permissions. */
    void grant() {
        permissions.forEach(o -> admin.resource(o).serverSideApply());
    }

    /** Takes all permissions from the accounts, which stay. */
    void withdraw() {
        permissions.stream()
                .filter(o -> o.getKind().endsWith("Binding"))
                .forEach(o -> admin.resource(o).delete());
    }

    /** Takes from agents that they may list anything: what they watch they go on to watch. {@link #grant} gives it back. */
    void forbidLists() {
        ClusterRole agents = permissions.stream()
                .filter(ClusterRole.class::isInstance)
                .map(ClusterRole.class::cast)
                .filter(r -> r.getMetadata().getName().equals(AGENT))
                .findFirst()
                .orElseThrow();
        List<PolicyRule> rules = agents.getRules().stream()
                .map(r -> r.edit().removeFromVerbs("list").build())
                .toList();
        admin.resource(agents.edit().withRules(rules).build()).serverSideApply();
    }

    private List<HasMetadata> load(String yaml) {
        return admin.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    /** The operator's, once it has a token. */
    Path operatorKubeconfig() {
        return directory.resolve(OPERATOR + ".kubeconfig");
    }

    void giveTokenToOperator() {
        write(OPERATOR, new TokenRequestSpecBuilder(), operatorKubeconfig());
    }

    /** One that is bound to this very Node. */
    void giveTokenToAgent(Node node, Path kubeconfig) {
        write(AGENT, boundTo(node), kubeconfig);
    }

    /** What the agent of a node has: a token that is bound to this very Node. */
    Config agentConfig(Node node) {
        return Config.fromKubeconfig(kubeconfig(AGENT, boundTo(node)));
    }

    private static TokenRequestSpecBuilder boundTo(Node node) {
        ObjectMeta metadata = node.getMetadata();
        return new TokenRequestSpecBuilder().withNewBoundObjectRef("v1", "Node", metadata.getName(), metadata.getUid());
    }

    private void write(String account, TokenRequestSpecBuilder spec, Path kubeconfig) {
        try {
            Files.writeString(kubeconfig, kubeconfig(account, spec));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The administrator's, with another token. */
    private String kubeconfig(String account, TokenRequestSpecBuilder spec) {
        TokenRequest request = new TokenRequestBuilder()
                .withSpec(spec.withExpirationSeconds(TOKEN_SECONDS).build())
                .build();
        ServiceAccount of = await().atMost(SOON)
                .until(
                        () -> admin.serviceAccounts()
                                .inNamespace(NAMESPACE)
                                .withName(account)
                                .get(),
                        Objects::nonNull);
        String token = admin.serviceAccounts()
                .resource(of)
                .tokenRequest(request)
                .getStatus()
                .getToken();
        try {
            return Files.readString(plane.kubeconfig()).replaceFirst("token: [0-9a-f]+", "token: " + token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
