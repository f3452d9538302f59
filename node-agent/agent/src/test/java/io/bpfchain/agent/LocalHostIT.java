package io.bpfchain.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHostIT {
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
    void attachesTheProgramsOfANewChainInTheirOrder() {
        ApplyOutcome.Done done = host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));

        assertThat(done.chains().getFirst().verb()).isEqualTo("created");
        assertThat(host.list(EGRESS)).hasSize(2);
        assertThat(done.chains().getFirst().hooks().getFirst().runs())
                .satisfiesExactly(
                        r -> assertThat(r).startsWith("fw/first "),
                        r -> assertThat(r).startsWith("fw/second "));
    }

    @Test
    void replacesInPlaceWhenOnlyTheVersionChanged() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome.Done done = host.apply(Chains.yaml("fw", host, Chains.object(2), "first", "second"));

        assertThat(done.chains().getFirst().verb()).isEqualTo("configured");
        assertThat(done.chains().getFirst().hooks().getFirst().steps())
                .hasSize(2)
                .allSatisfy(s -> assertThat(s.action()).isEqualTo("replace"))
                .allSatisfy(s -> assertThat(s.guarantee()).isEqualTo("hitless"));
        assertThat(host.list(EGRESS)).hasSize(2).doesNotContainAnyElementsOf(before);
        assertThat(host.instances()).hasSize(1);
    }

    @Test
    void doesNothingAndStartsNoProcessWhenNothingChanged() {
        String yaml = Chains.yaml("fw", host, Chains.object(1), "first", "second");
        host.apply(yaml);
        List<EntryId> before = host.list(EGRESS);
        int runs = host.helperRuns();

        ApplyOutcome.Done done = host.apply(yaml);

        assertThat(done.chains().getFirst().verb()).isEqualTo("unchanged");
        assertThat(done.chains().getFirst().revision()).isEqualTo(1);
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(host.helperRuns()).isEqualTo(runs);
    }
}
