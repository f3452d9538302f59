package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.planner.EntryId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that change places: only with an overlap or a gap, and only where the chain allows it. */
class ReorderIT extends OneHost {
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
                        r -> assertThat(r).asString().startsWith("fw/second "),
                        r -> assertThat(r).asString().startsWith("fw/first "));
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);
        assertThat(host.list(EGRESS)).isEmpty();
        assertThat(host.instances()).isEmpty();
    }

    /** Between two steps another process moves the program that was just brought in behind the one that is still to be replaced. */
    private ApplyOutcome applyWhileSomebodyMovesTheFirst(String onUnsafe) {
        host.apply(chain(1, onUnsafe));
        List<EntryId> old = host.list(EGRESS);
        AtomicBoolean moved = new AtomicBoolean();
        LocalHost disturbed = host.host(point -> {
            if (point.equals("after-step") && moved.compareAndSet(false, true)) {
                EntryId first = host.list(EGRESS).getFirst();
                assertThat(old).doesNotContain(first);
                bpftool("detach", first);
                bpftool("attach", first);
            }
        });
        ApplyOutcome outcome = disturbed.apply(
                TestHost.documents(chain(2, onUnsafe)), new Host.ApplyOptions(false, "apply"), TestHost.SILENT);
        assertThat(moved).isTrue();
        return outcome;
    }

    @Test
    void loadsOnceMoreAndGoesOnWhenAnotherProcessMovesAProgramInBetween() {
        assumeTrue(KernelFeatures.capabilities().positions().usable(), "this kernel has no BPF_F_BEFORE");
        ApplyOutcome outcome = applyWhileSomebodyMovesTheFirst("AllowOverlap");

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        ChainStatus status = host.host().chain("fw").orElseThrow();
        assertThat(status.state()).isEqualTo("Running");
        assertThat(status.hooks().getFirst().runs())
                .satisfiesExactly(
                        r -> assertThat(r).asString().startsWith("fw/first "),
                        r -> assertThat(r).asString().startsWith("fw/second "),
                        r -> assertThat(r).asString().startsWith("fw/third "));
        List<Integer> counters = host.list(EGRESS).stream().map(this::mapOf).toList();
        assertThat(counters).as("all count in the one map").hasSize(3).containsOnly(counters.getFirst());
        assertThat(host.instances())
                .as("the load that runs and the one that it shares its maps with")
                .hasSize(2);
        host.apply(chain(3, "AllowOverlap"));
        assertThat(host.instances()).hasSize(1);
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);
        assertThat(host.instances()).isEmpty();
    }

    /** Moving it back is what the chain does not allow; so it is said and left, and the next apply says the same. */
    @Test
    void saysWhatCannotBeUndoneWhereTheChainAllowsNoOverlap() {
        ApplyOutcome outcome = applyWhileSomebodyMovesTheFirst("Refuse");

        assertThat(outcome).isInstanceOfSatisfying(ApplyOutcome.Failed.class, f -> {
            assertThat(f.problems().getFirst().message())
                    .startsWith("the list of " + host.cgroup().path()
                            + " [cgroup_inet_egress] was changed by somebody else, and from there: ");
            assertThat(f.hooks().getFirst().runs())
                    .satisfiesExactly(
                            r -> assertThat(r).asString().startsWith("fw/second "),
                            r -> assertThat(r).asString().startsWith("fw/third "),
                            r -> assertThat(r).asString().startsWith("fw/first "));
        });
        assertThat(host.tryApply(chain(2, "Refuse"))).isInstanceOf(ApplyOutcome.Refused.class);
        host.apply(chain(2, "AllowOverlap"));
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
    }

    private int mapOf(EntryId program) {
        String info = Commands.run("bpftool", "-j", "prog", "show", "id", program.toString());
        return Integer.parseInt(info.replaceAll(".*\"map_ids\":\\[(\\d+).*\\n?", "$1"));
    }

    private void bpftool(String change, EntryId program) {
        List<String> command = new ArrayList<>(List.of(
                "bpftool", "cgroup", change, host.cgroup().directory().toString(), "egress", "id", program.toString()));
        if (change.equals("attach")) {
            command.add("multi");
        }
        Commands.run(command);
    }

    private String chain(int version, String onUnsafe) {
        return Chains.yaml("fw", host, Chains.object(version), "first", "second", "third") + "  update: {onUnsafe: "
                + onUnsafe + "}\n";
    }

    private String reordered(String onUnsafe) {
        return Chains.yaml("fw", host, Chains.object(1), "second", "first") + "  update: {onUnsafe: " + onUnsafe
                + "}\n";
    }
}
