package io.bpfchain.agent.fleet.api;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.Optional;

/**
 * The API server that is asked, as errors name it.
 *
 * @param url as the kubeconfig or the pod's environment says
 * @param context of the kubeconfig; empty in a pod
 */
record ApiServer(String url, Optional<String> context) {
    ApiServer {
        Objects.requireNonNull(url);
        Objects.requireNonNull(context);
    }

    static ApiServer of(Config config) {
        return new ApiServer(
                config.getMasterUrl(),
                Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName));
    }

    /** The name or address in the URL. */
    String host() {
        try {
            return Objects.requireNonNullElse(new URI(url).getHost(), url);
        } catch (URISyntaxException e) {
            return url;
        }
    }

    /** For example {@code https://192.0.2.1:6443/ (context first)}. */
    @Override
    public String toString() {
        return url + context.map(c -> " (context " + c + ")").orElse("");
    }
}
