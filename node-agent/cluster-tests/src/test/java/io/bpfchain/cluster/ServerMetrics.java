package io.bpfchain.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an API server has counted so far. */
record ServerMetrics(Map<String, Double> samples) {
    private static final List<String> READ =
            List.of("apiserver_request_total{", "apiserver_watch_events_total{", "apiserver_longrunning_requests{");

    ServerMetrics {
        samples = Map.copyOf(samples);
    }

    static ServerMetrics read(KubernetesClient client) {
        Map<String, Double> samples = new HashMap<>();
        client.raw("/metrics")
                .lines()
                .filter(l -> READ.stream().anyMatch(l::startsWith))
                .forEach(l -> {
                    int space = l.lastIndexOf(' ');
                    samples.put(l.substring(0, space), Double.parseDouble(l.substring(space + 1)));
                });
        return new ServerMetrics(samples);
    }

    /** The sum over all samples of a metric that have these labels. */
    long sum(String metric, List<String> labels) {
        return (long) samples.entrySet().stream()
                .filter(s -> s.getKey().startsWith(metric + "{"))
                .filter(s -> labels.stream().allMatch(s.getKey()::contains))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Requests that change an object or its status, by what came of them. */
    long writes(String resource, String subresource, boolean successful) {
        return (long) samples.entrySet().stream()
                .filter(s -> s.getKey().startsWith("apiserver_request_total{"))
                .filter(s -> s.getKey().contains("resource=\"" + resource + "\""))
                .filter(s -> s.getKey().contains("subresource=\"" + subresource + "\""))
                .filter(s -> s.getKey().matches(".*verb=\"(APPLY|PATCH|PUT|POST|DELETE)\".*"))
                .filter(s -> s.getKey().contains("code=\"2") == successful)
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
