package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.Tree;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
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

    @Test
    void insertsAProgramInTheMiddleAndTakesItOutAgain() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "third"));
        List<EntryId> before = host.list(EGRESS);
        String longer = Chains.yaml("fw", host, Chains.object(1), "first", "second", "third");
        if (!positions()) {
            assertThat(host.tryApply(longer)).isInstanceOf(ApplyOutcome.Refused.class);
            assertThat(host.list(EGRESS)).isEqualTo(before);
            return;
        }

        host.apply(longer);
        List<EntryId> between = host.list(EGRESS);
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "third"));

        assertThat(between).hasSize(3);
        assertThat(List.of(between.get(0), between.get(2))).isEqualTo(before);
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(host.instances()).hasSize(1);
    }

    @Test
    void runsTheChainsOfAHookByPriorityWhateverCameFirst() {
        host.apply(Chains.yaml("late", host.cgroup().path(), 200, Chains.object(1), "first"));
        String early = Chains.yaml("early", host.cgroup().path(), 50, Chains.object(2), "second");
        if (!positions()) {
            assertThat(host.tryApply(early)).isInstanceOf(ApplyOutcome.Refused.class);
            return;
        }
        host.apply(early);

        ApplyOutcome.Done done =
                host.apply(Chains.yaml("middle", host.cgroup().path(), 100, Chains.object(3), "third"));

        assertThat(done.chains().getFirst().hooks().getFirst().runs())
                .satisfiesExactly(
                        r -> assertThat(r).startsWith("early/second "),
                        r -> assertThat(r).startsWith("middle/third "),
                        r -> assertThat(r).startsWith("late/first "));
    }

    @Test
    void takesADeletedChainOutAndLeavesItsNeighbour() {
        host.apply(Chains.yaml("a", host, Chains.object(1), "first", "second"));
        host.apply(Chains.yaml("b", host, Chains.object(2), "third"));
        EntryId neighbour = host.list(EGRESS).get(2);

        ApplyOutcome outcome = host.host().delete(List.of("a"), TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.list(EGRESS)).containsExactly(neighbour);
        assertThat(host.instances()).hasSize(1);
        assertThat(host.host().chains()).extracting(ChainStatus::name).containsExactly("b");
        assertThat(host.host().history("a")).hasSize(1);
    }

    @Test
    void rollsBackToTheEarlierObjectAsANewRevision() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));

        ApplyOutcome outcome = host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        List<Revision> history = host.host().history("fw");
        assertThat(history).extracting(Revision::number).containsExactly(1, 2, 3);
        assertThat(history.get(2).digest()).isEqualTo(history.get(0).digest());
        assertThat(history.get(2).cause()).isEqualTo("rolled back to revision 1");
        assertThat(history.get(2).current()).isTrue();
    }

    @Test
    void rollsBackWhenTheFilesOfTheUserAreGone(@TempDir Path directory) throws IOException {
        Path object = directory.resolve("fw.o");
        Files.copy(Chains.object(1), object);
        host.apply(Chains.yaml("fw", host, object, "first"));
        String version = version();
        Files.copy(Chains.object(2), object, StandardCopyOption.REPLACE_EXISTING);
        host.apply(Chains.yaml("fw", host, object, "first"));
        Files.delete(object);

        ApplyOutcome outcome = host.host().rollback("fw", OptionalInt.of(1), TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(version()).isEqualTo(version);
        assertThat(host.list(EGRESS)).hasSize(1);
    }

    private String version() {
        return host.host().chain("fw").orElseThrow().programs().getFirst().version();
    }

    @Test
    void plansWithoutLoadingOrWriting() {
        ApplyOutcome outcome =
                host.host().plan(TestHost.documents(Chains.yaml("fw", host, Chains.object(1), "first", "second")));

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(((ApplyOutcome.Done) outcome)
                        .chains()
                        .getFirst()
                        .hooks()
                        .getFirst()
                        .steps())
                .hasSize(2);
        assertThat(host.list(EGRESS)).isEmpty();
        assertThat(host.state()).isEmptyDirectory();
    }

    @Test
    void plansTheListThatTheStepsLeadTo() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        String next = Chains.yaml("fw", host, Chains.object(2), "second", "third");

        ApplyOutcome.Done planned = (ApplyOutcome.Done) host.host().plan(TestHost.documents(next));
        ApplyOutcome.Done applied = host.apply(next);

        List<String> runs = planned.chains().getFirst().hooks().getFirst().runs();
        assertThat(runs)
                .satisfiesExactly(
                        r -> assertThat(r).startsWith("fw/second "),
                        r -> assertThat(r).startsWith("fw/third "));
        assertThat(applied.chains().getFirst().hooks().getFirst().runs()).isEqualTo(runs);
        assertThat(host.host().chain("fw").orElseThrow().hooks().getFirst().runs())
                .isEqualTo(runs);
    }

    @Test
    void loadsAndDropsInADryRun() {
        ApplyOutcome outcome = host.host()
                .apply(
                        TestHost.documents(Chains.yaml("fw", host, Chains.object(1), "first")),
                        new Host.ApplyOptions(true, "apply"),
                        TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.helperRuns()).isEqualTo(2);
        assertThat(host.list(EGRESS)).isEmpty();
        assertThat(host.instances()).isEmpty();
    }

    @Test
    void reportsStateThatCannotBeReadAndChangesNothing() throws IOException {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        List<EntryId> before = host.list(EGRESS);
        Path journal = host.state().resolve("journal").resolve("fw.json");
        Files.writeString(journal, "{");

        ApplyOutcome outcome = host.tryApply(Chains.yaml("fw", host, Chains.object(2), "first"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems().getFirst().reason()).isEqualTo("StateCorrupt"));
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(host.instances()).hasSize(1);
    }

    @Test
    void showsTheTreeWithOursAndForeign() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));

        Tree tree = host.host().tree(Optional.of(host.cgroup().path()), Optional.of(Duration.ofMillis(1)));

        Tree.HookView hook = tree.nodes().getLast().hooks().getFirst();
        assertThat(hook.attachType()).isEqualTo("cgroup_inet_egress");
        assertThat(hook.entries().getFirst().owner()).isEqualTo("bpfchain");
        assertThat(hook.effective().getFirst().chain()).isEqualTo("fw");
        assertThat(hook.entries().getFirst().runs()).isPresent();
    }

    @Test
    void letsGoOfAProgramThatTheChainHasNoMore() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        EntryId first = host.list(EGRESS).getFirst();

        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));

        assertThat(host.list(EGRESS)).containsExactly(first);
        assertThat(host.bpffs().resolve("bpfchain").resolve(host.instances().getFirst()))
                .isDirectoryNotContaining("glob:**second*");
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        assertThat(host.list(EGRESS)).hasSize(2).first().isEqualTo(first);
    }

    /** Whether this kernel can insert before an entry; where it cannot, such a change is refused. */
    private static boolean positions() {
        return KernelFeatures.capabilities().positions().usable();
    }
}
