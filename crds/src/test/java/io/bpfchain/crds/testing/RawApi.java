package io.bpfchain.crds.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * Requests to an API server with exactly the given bytes, for what no typed client would send. Nothing is tried again: an API server
 * answers 500 to a server-side apply with a value of the wrong type.
 */
public final class RawApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;

    /** What came back, whether it is a success or not. */
    public record Answer(int code, JsonNode body) {
        public boolean successful() {
            return code >= 200 && code < 300;
        }
    }

    /** With the address and the identity of a client. */
    public RawApi(KubernetesClient client) {
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @Override
    public void close() {
        client.close();
    }

    /** GET of a path with its query. */
    public Answer get(String path) {
        return send(request(path));
    }

    /** A request with a body. */
    public Answer send(String method, String path, String contentType, JsonNode body) {
        return send(request(path).method(method, contentType, body.toString()));
    }

    private HttpRequest.Builder request(String path) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getMasterUrl().toString().replaceAll("/+$", "") + path)
                .timeout(30, TimeUnit.SECONDS);
    }

    private Answer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        HttpResponse<String> response =
                client.getHttpClient().sendAsync(request, String.class).join();
        try {
            return new Answer(response.code(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s %s came back with %d and not with JSON"
                            .formatted(request.method(), request.uri(), response.code()),
                    e);
        }
    }
}
