package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.docs.MetricsTable;
import io.bpfchain.operator.rollout.Decision.Counts;
import io.fabric8.kubernetes.api.model.Node;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorMetricsTest {
    @Test
    void thePageHasExactlyTheMetricsThatAreExposed() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        OperatorMetrics metrics = new OperatorMetrics(registry);
        metrics.chain("chain", new Counts(1, 1, 1, 0, 0, 0, 0));
        metrics.finishedReconciliation(new Node(), Map.of());
        metrics.failedReconciliation(new Node(), new IllegalStateException(), Map.of());
        MetricsTable.check(Path.of("../docs/metrics.md"), "operator", registry.scrape());
    }
}
