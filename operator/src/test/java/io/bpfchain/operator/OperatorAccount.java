package io.bpfchain.operator;

import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.testing.ChartTemplates;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.ByteArrayInputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The ServiceAccount that the chart makes for the operator, in a namespace of a test, and a client with its token: what the chart's roles do
 * not allow it cannot do. Every answer 403 is kept, because an operator that is refused something tries again and may look well meanwhile.
 */
final class OperatorAccount implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NAME = "bpfchain-operator";
    private static final long TOKEN_SECONDS = 3600;

    private final KubernetesClient admin;
    private final String namespace;
    private final List<HasMetadata> permissions;
    private final KubernetesClient client;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /**
     * Installs the chart's permissions of the operator.
     *
     * @param admin stays open
     * @param namespace which is there
     */
    OperatorAccount(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
        String rendered = ChartTemplates.render(namespace, "templates/rbac.yaml");
        permissions = admin.load(new ByteArrayInputStream(rendered.getBytes(StandardCharsets.UTF_8))).items().stream()
                .filter(o -> o.getMetadata().getName().startsWith(NAME))
                .map(this::ofThisTest)
                .toList();
        permissions.forEach(o -> admin.resource(o).create());
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(NAME)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withClientCertData(null)
                        .withClientKeyData(null)
                        .withClientCertFile(null)
                        .withClientKeyFile(null)
                        .withAutoOAuthToken(null)
                        .withOauthToken(token)
                        .build())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("refusals", new Refusals()))
                .build();
        // The API server learns of roles by watches of its own.
        await().atMost(SOON)
                .until(() -> may("", "nodes", "watch", null)
                        && may("apps", "controllerrevisions", "create", namespace)
                        && may("events.k8s.io", "events", "create", "default"));
        refused.clear();
    }

    /** What is not in the test's own namespace gets a name of its own, so that an installation in the same cluster keeps its permissions. */
    private HasMetadata ofThisTest(HasMetadata object) {
        if (namespace.equals(object.getMetadata().getNamespace())) {
            return object;
        }
        object.getMetadata().setName(object.getMetadata().getName() + "-" + namespace);
        switch (object) {
            case ClusterRoleBinding b -> b.getRoleRef().setName(b.getRoleRef().getName() + "-" + namespace);
            case RoleBinding b -> b.getRoleRef().setName(b.getRoleRef().getName() + "-" + namespace);
            default -> {}
        }
        return object;
    }

    private boolean may(String group, String resource, String verb, @Nullable String namespace) {
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withGroup(group)
                        .withResource(resource)
                        .withVerb(verb)
                        .withNamespace(namespace)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }

    /** With the permissions of the operator and no others, for this object's life. */
    KubernetesClient client() {
        return client;
    }

    /** What was asked for and refused, for example {@code PUT https://...}. */
    List<String> refused() {
        return List.copyOf(refused);
    }

    private final class Refusals implements Interceptor {
        @Override
        public void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            note(request, response);
        }

        @Override
        public CompletableFuture<Boolean> afterFailure(
                BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
            note(response.request(), response);
            return CompletableFuture.completedFuture(false);
        }

        private void note(HttpRequest request, HttpResponse<?> response) {
            if (response.code() == HttpURLConnection.HTTP_FORBIDDEN) {
                refused.add(request.method() + " " + request.uri());
            }
        }
    }

    @Override
    public void close() {
        client.close();
        permissions.forEach(o -> admin.resource(o).delete());
    }
}
