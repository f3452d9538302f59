package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ChainStatus.HookStatus;
import io.bpfchain.agent.ChainStatus.ProgramStatus;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.docs.MetricsTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {
    private static final Instant NOW = Instant.EPOCH;

    @Test
    void thePageHasExactlyTheMetricsThatAreExposed() throws IOException {
        AgentMetrics metrics = new AgentMetrics();
        metrics.updated("Running");
        metrics.timed(() -> "");
        metrics.repaired(1);
        metrics.reportFailed();
        Assignment assignment = new Assignment("chain", 1, "sha256:" + "0".repeat(64), false, List.of());
        metrics.observed(Map.of("chain", Kept.fresh(assignment, Optional.empty(), NOW)), List.of(status()), 0);
        MetricsTable.check(Path.of("../../docs/metrics.md"), "agent", metrics.text());
    }

    private static ChainStatus status() {
        return new ChainStatus(
                "chain",
                "cgroup_inet_egress",
                "/",
                100,
                1,
                NOW,
                NOW,
                "apply",
                "Running",
                List.of(),
                List.of(new ProgramStatus("program", "object", "function", "version")),
                List.of(new HookStatus("/", 1, true, List.of())),
                List.of());
    }
}
