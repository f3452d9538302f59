package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that change places: only with an overlap or a gap, and only where the chain allows it. */
@Tag("kernel")
class ReorderIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    private TestHost host;

    @BeforeEach
    void start(@TempDir Path state) {
        host = new TestHost(state);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void refusesToReorderUnlessAnOverlapOrAGapIsAllowed() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome outcome = host.tryApply(reordered("Refuse"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems().getFirst().reason()).isEqualTo("Reordering"));
        assertThat(host.list(EGRESS)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AllowOverlap", "AllowGap"})
    void reordersAsAllowedAndSaysWhatDoesNotHold(String allowed) {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));

        ApplyOutcome.Done done = host.apply(reordered(allowed));

        assertThat(done.chains().getFirst().hooks().getFirst().steps())
                .anyMatch(s -> !s.guarantee().equals("hitless"));
        assertThat(host.host().chain("fw").orElseThrow().hooks().getFirst().runs())
                .satisfiesExactly(
                        r -> assertThat(r).startsWith("fw/second "),
                        r -> assertThat(r).startsWith("fw/first "));
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
        host.host().delete(List.of("fw"), TestHost.SILENT);
        assertThat(host.list(EGRESS)).isEmpty();
        assertThat(host.instances()).isEmpty();
    }

    private String reordered(String onUnsafe) {
        return Chains.yaml("fw", host, Chains.object(1), "second", "first") + "  update: {onUnsafe: " + onUnsafe
                + "}\n";
    }
}
