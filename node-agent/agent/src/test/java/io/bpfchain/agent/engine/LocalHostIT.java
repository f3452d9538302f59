package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.cli.render.OutcomeText;
import io.bpfchain.agent.cli.render.Paint;
import io.bpfchain.agent.cli.render.RevisionFile;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.kernel.ForeignPrograms;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHostIT extends OneHost {
    @Test
    void attachesTheProgramsOfANewChainInTheirOrder() {
        ApplyOutcome.Done done = host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));

        assertThat(done.chains().getFirst().verb()).isEqualTo("created");
        assertThat(host.list(EGRESS)).hasSize(2);
        assertThat(done.chains().getFirst().hooks().getFirst().runs())
                .satisfiesExactly(
                        r -> assertThat(r).asString().startsWith("fw/first "),
                        r -> assertThat(r).asString().startsWith("fw/second "));
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
                        r -> assertThat(r).asString().startsWith("early/second "),
                        r -> assertThat(r).asString().startsWith("middle/third "),
                        r -> assertThat(r).asString().startsWith("late/first "));
    }

    @Test
    void takesADeletedChainOutAndLeavesItsNeighbour() {
        host.apply(Chains.yaml("a", host, Chains.object(1), "first", "second"));
        host.apply(Chains.yaml("b", host, Chains.object(2), "third"));
        EntryId neighbour = host.list(EGRESS).get(2);

        ApplyOutcome outcome = host.host().delete(List.of("a"), TestHost.ANYHOW, TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.list(EGRESS)).containsExactly(neighbour);
        assertThat(host.instances()).hasSize(1);
        assertThat(host.host().chains()).extracting(ChainStatus::name).containsExactly("b");
        assertThat(host.host().history("a")).hasSize(1);
    }

    @Test
    void isAsOldAsItsFirstRevisionUntilItIsDeleted() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        Instant first = onlyChain().createdAt();
        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));
        ChainStatus changed = onlyChain();
        host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);
        ChainStatus back = onlyChain();
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));

        assertThat(List.of(changed.createdAt(), back.createdAt())).containsOnly(first);
        assertThat(changed.appliedAt()).isAfter(first).isBefore(back.appliedAt());
        assertThat(onlyChain().createdAt()).isAfter(back.appliedAt());
    }

    private ChainStatus onlyChain() {
        return host.host().chain("fw").orElseThrow();
    }

    @Test
    void rollsBackToTheEarlierObjectAsANewRevision() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));

        ApplyOutcome.Done back = (ApplyOutcome.Done) host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);
        ApplyOutcome.Done same = (ApplyOutcome.Done) host.host().rollback("fw", OptionalInt.of(1), TestHost.SILENT);

        assertThat(new OutcomeText(Paint.PLAIN, false).summary(back, ""))
                .endsWith("/fw rolled back from revision 2 to revision 1, now revision 3\n");
        assertThat(new OutcomeText(Paint.PLAIN, false).summary(same, ""))
                .endsWith("/fw unchanged: revision 3 is the same as revision 1\n");
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

    @Test
    void rollsADeletedChainBackToTheRevisionThatRan() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));
        String version = version();
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);

        ApplyOutcome outcome = host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);

        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(version()).isEqualTo(version);
    }

    /** A rollback cannot say Fresh, but the file that a revision is written to can. */
    @Test
    void writesARevisionToAFileWhereARollbackNeedsAChoice() {
        String fresh = "{name: counters, onUpdate: Fresh}";
        host.apply(Chains.withMap("fw", host, Chains.untyped(1, 4), "first", fresh.replace(", onUpdate: Fresh", "")));
        host.apply(Chains.withMap("fw", host, Chains.untyped(2, 8), "first", fresh));

        ApplyOutcome outcome = host.host().rollback("fw", OptionalInt.of(1), TestHost.SILENT);
        String written = RevisionFile.yaml(host.host().revision("fw", 1).orElseThrow());
        ApplyOutcome.Done planned = (ApplyOutcome.Done)
                host.plan(written.replace("- name: counters", "- name: counters\n      onUpdate: Fresh"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                            assertThat(p.text())
                                    .startsWith("<revision 1>: chain fw: spec.objects[0].maps[0]: carry map ");
                            assertThat(p.remedy())
                                    .contains("onUpdate: Fresh")
                                    .endsWith("bpfchain history chain fw --revision 1 > fw.yaml");
                        }));
        assertThat(planned.chains().getFirst().hooks().getFirst().steps()).hasSize(1);
        assertThat(host.apply(written.replace("- name: counters", "- name: counters\n      onUpdate: Fresh")))
                .isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.host()
                        .revision("fw", 1)
                        .orElseThrow()
                        .spec()
                        .objects()
                        .getFirst()
                        .source()
                        .file())
                .isNotNull();
        assertThat(host.host().revision("fw", 4)).isEmpty();
    }

    @Test
    void writesARevisionSoThatApplyingItChangesNothing(@TempDir Path directory) throws IOException {
        Path list = Files.writeString(directory.resolve("blocked.txt"), "10.0.0.0/8 1\n192.168.0.0/16 2\n");
        host.apply(Chains.withEntries(host, "").replace("entries: []", "entriesFrom: {file: {path: " + list + "}}"));
        List<EntryId> before = host.list(EGRESS);
        Files.delete(list);

        ApplyOutcome.Done done =
                host.apply(RevisionFile.yaml(host.host().revision("fw", 1).orElseThrow()));

        assertThat(done.chains().getFirst().hooks().getFirst().steps()).isEmpty();
        assertThat(done.chains().getFirst().maps()).isEmpty();
        assertThat(host.list(EGRESS)).isEqualTo(before);
    }

    @Test
    void leavesAChainThatADaemonKeepsToItUnlessForced() {
        Host.ApplyOptions daemon = new Host.ApplyOptions(false, "run:/etc/chains");
        Host.DeleteOptions byHand = new Host.DeleteOptions("delete", false);
        String yaml = Chains.yaml("fw", host, Chains.object(1), "first");
        host.host().apply(TestHost.documents(yaml), daemon, TestHost.SILENT);
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome refused = host.host().delete(List.of("fw"), byHand, TestHost.SILENT);

        assertThat(refused)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                            assertThat(p.kind()).isEqualTo(ApplyOutcome.Problem.Kind.REFUSED);
                            assertThat(p.reason()).isEqualTo("KeptByDaemon");
                            assertThat(p.message()).contains("/etc/chains");
                            assertThat(p.remedy()).contains("--force");
                        }));
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(host.apply(yaml).warnings()).isEmpty();
        assertThat(host.host().chain("fw").orElseThrow().manager()).isEqualTo("run:/etc/chains");
        assertThat(host.host().delete(List.of("fw"), new Host.DeleteOptions("run:/etc/chains", false), TestHost.SILENT))
                .isInstanceOf(ApplyOutcome.Done.class);
        host.host().apply(TestHost.documents(yaml), daemon, TestHost.SILENT);
        assertThat(host.host().delete(List.of("fw"), new Host.DeleteOptions("delete", true), TestHost.SILENT))
                .isInstanceOf(ApplyOutcome.Done.class);
    }

    @Test
    void warnsWhereSomebodyElseChangesWhatADaemonKeeps() {
        Host.ApplyOptions daemon = new Host.ApplyOptions(false, "run:/etc/chains");
        for (int version = 1; version <= 2; version++) {
            host.host()
                    .apply(
                            TestHost.documents(Chains.yaml("fw", host, Chains.object(version), "first")),
                            daemon,
                            TestHost.SILENT);
        }

        ApplyOutcome.Done back = (ApplyOutcome.Done) host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);
        String kept = host.host().chain("fw").orElseThrow().manager();
        ApplyOutcome.Done over = host.apply(Chains.yaml("fw", host, Chains.object(3), "first"));
        ApplyOutcome.Done again = host.apply(Chains.yaml("fw", host, Chains.object(4), "first"));

        assertThat(back.warnings()).singleElement().asString().contains("/etc/chains", "goes forward again");
        assertThat(kept).isEqualTo("run:/etc/chains");
        assertThat(over.warnings()).singleElement().asString().contains("/etc/chains", "takes it over");
        assertThat(again.warnings()).isEmpty();
    }

    /** A daemon decides by what it has looked at, and by then somebody may have applied the chain. */
    @Test
    void doesNotLetADaemonChangeOrDeleteWhatSomebodyElseHasMadeMeanwhile() {
        Host.ApplyOptions daemon = new Host.ApplyOptions(false, "run:/etc/chains");
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        List<EntryId> before = host.list(EGRESS);
        String changed = Chains.yaml("fw", host, Chains.object(2), "first");

        for (ApplyOutcome outcome : List.of(
                host.host().apply(TestHost.documents(changed), daemon, TestHost.SILENT),
                host.host().delete(List.of("fw"), new Host.DeleteOptions("run:/etc/chains", false), TestHost.SILENT))) {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            ApplyOutcome.Refused.class,
                            r -> assertThat(r.problems())
                                    .singleElement()
                                    .satisfies(p -> assertThat(p.reason()).isEqualTo("MadeByAnother")));
        }
        assertThat(host.list(EGRESS)).isEqualTo(before);
    }

    /** Who changes a file of a daemon and applies it at once need not care which of the two is faster. */
    @Test
    void staysWithItsDaemonWhenTheDaemonsOwnFileIsAppliedByHand() {
        Host.ApplyOptions daemon = new Host.ApplyOptions(false, "run:/etc/chains");
        host.host()
                .apply(
                        documents("/etc/chains", Chains.yaml("fw", host, Chains.object(1), "first")),
                        daemon,
                        TestHost.SILENT);

        ApplyOutcome own = byHand("/etc/chains", Chains.yaml("fw", host, Chains.object(2), "first"));
        String keeper = onlyChain().manager();
        ApplyOutcome other = byHand("/elsewhere", Chains.yaml("fw", host, Chains.object(3), "first"));

        assertThat(own.warnings()).isEmpty();
        assertThat(keeper).isEqualTo("run:/etc/chains");
        assertThat(other.warnings()).singleElement().asString().contains("takes it over");
        assertThat(onlyChain().manager()).isEqualTo("apply");
    }

    private ApplyOutcome byHand(String directory, String yaml) {
        return host.host().apply(documents(directory, yaml), new Host.ApplyOptions(false, "apply"), TestHost.SILENT);
    }

    private static List<ChainDocument> documents(String directory, String yaml) {
        ReadOutcome read = new ChainFiles().parse("chain.yaml", yaml, Path.of(directory));
        return ((ReadOutcome.Read) read).documents();
    }

    @Test
    void leavesAChainThatAClusterAssignedToItsAgent() {
        Host.ApplyOptions agent = new Host.ApplyOptions(false, "cluster:uid");
        for (int version = 1; version <= 2; version++) {
            host.host()
                    .apply(
                            TestHost.documents(Chains.yaml("fw", host, Chains.object(version), "first")),
                            agent,
                            TestHost.SILENT);
        }
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome refused =
                host.host().delete(List.of("fw"), new Host.DeleteOptions("delete", false), TestHost.SILENT);

        assertThat(refused)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                            assertThat(p.reason()).isEqualTo("KeptByDaemon");
                            assertThat(p.message()).contains("Kubernetes");
                            assertThat(p.remedy()).contains("CgroupProgramChain", "--force");
                        }));
        assertThat(host.list(EGRESS)).isEqualTo(before);
        ApplyOutcome.Done over = host.apply(Chains.yaml("fw", host, Chains.object(3), "first"));
        assertThat(over.warnings()).singleElement().asString().contains("assigned to this node", "brings the version");
        host.host()
                .apply(TestHost.documents(Chains.yaml("fw", host, Chains.object(2), "first")), agent, TestHost.SILENT);
        ApplyOutcome.Done back = (ApplyOutcome.Done) host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);
        assertThat(back.warnings()).singleElement().asString().contains("assigned to this node");
        assertThat(host.host().manager("fw"))
                .as("no more the agent's, which brings its own back")
                .contains("rollback");
        host.host()
                .apply(TestHost.documents(Chains.yaml("fw", host, Chains.object(2), "first")), agent, TestHost.SILENT);
        assertThat(host.host().delete(List.of("fw"), new Host.DeleteOptions("cluster:uid", false), TestHost.SILENT))
                .isInstanceOf(ApplyOutcome.Done.class);
    }

    private String version() {
        return host.host().chain("fw").orElseThrow().programs().getFirst().version();
    }

    /** A disk may lose bytes; what is loaded is what the revision says, or nothing. */
    @Test
    void repairsAStoredObjectThatIsDamagedAndLoadsNoneThatIs() throws IOException {
        String yaml = Chains.yaml("fw", host, Chains.object(1), "first");
        host.apply(yaml);
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);
        Path blob = blob(Chains.object(1));
        byte[] whole = Files.readAllBytes(blob);
        Files.write(blob, Arrays.copyOf(whole, whole.length - 1));

        ApplyOutcome back = host.host().rollback("fw", OptionalInt.empty(), TestHost.SILENT);

        assertThat(back)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems())
                                .singleElement()
                                .satisfies(p -> assertThat(p.text()).contains(blob.toString(), "another digest")));
        assertThat(host.list(EGRESS)).isEmpty();
        host.apply(yaml);
        assertThat(host.list(EGRESS)).hasSize(1);
        assertThat(Files.readAllBytes(blob)).isEqualTo(whole);
    }

    private Path blob(Path object) throws IOException {
        String hex = Digests.hex(Digests.of(object));
        try (Stream<Path> files = Files.walk(host.state())) {
            return files.filter(f -> f.getFileName().toString().equals(hex))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** On a busy machine programs come and go while it is counted. */
    @Test
    void countsRunsAlsoWhereAProgramGoesMeanwhile() {
        host.apply(Chains.yaml("stays", host, Chains.object(1), "first"));
        ForeignPrograms foreign = new ForeignPrograms(EGRESS);
        EntryId going = foreign.multi(host.cgroup());
        AtomicBoolean gone = new AtomicBoolean();
        Host.Progress progress = (phase, done, total) -> {
            if (phase.startsWith("count runs") && gone.compareAndSet(false, true)) {
                foreign.detach(host.cgroup(), going);
                foreign.close();
            }
        };

        TreeOutcome outcome = host.host()
                .tree(Optional.of(host.cgroup().cgroup().path()), Optional.of(Duration.ofSeconds(1)), progress);

        Tree tree = ((TreeOutcome.Shown) outcome).tree();
        assertThat(gone).isTrue();
        assertThat(tree.warnings()).isEmpty();
        assertThat(tree.nodes()
                        .getFirst()
                        .hooks()
                        .getFirst()
                        .entries()
                        .getFirst()
                        .runs())
                .isPresent();
    }

    @Test
    void plansWithoutLoadingOrWriting() {
        ApplyOutcome outcome = host.plan(Chains.yaml("fw", host, Chains.object(1), "first", "second"));

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

        ApplyOutcome.Done planned = (ApplyOutcome.Done) host.plan(next);
        ApplyOutcome.Done applied = host.apply(next);

        List<ListedEntry> runs = planned.chains().getFirst().hooks().getFirst().runs();
        assertThat(runs)
                .satisfiesExactly(
                        r -> assertThat(r).asString().startsWith("fw/second "),
                        r -> assertThat(r).asString().startsWith("fw/third "));
        List<ListedEntry> done = applied.chains().getFirst().hooks().getFirst().runs();
        assertThat(done)
                .map(ListedEntry::toString)
                .isEqualTo(runs.stream().map(ListedEntry::toString).toList());
        assertThat(done)
                .extracting(e -> ((ListedEntry.Ours) e).id().orElseThrow())
                .containsExactlyElementsOf(
                        host.list(EGRESS).stream().map(EntryId::programId).toList());
        assertThat(host.host().chain("fw").orElseThrow().hooks().getFirst().runs())
                .isEqualTo(done);
    }

    @Test
    void saysUnchangedOfAChainWhoseNeighbourAtTheHookChanges() {
        host.apply(Chains.yaml("a", host, Chains.object(1), "first"));
        String b = Chains.yaml("b", host, Chains.object(2), "second");
        host.apply(b);

        ApplyOutcome.Done planned =
                (ApplyOutcome.Done) host.plan(Chains.yaml("a", host, Chains.object(3), "first") + "---\n" + b);

        assertThat(planned.chains())
                .extracting(ApplyOutcome.ChainChange::verb)
                .containsExactly("configured", "unchanged");
        assertThat(planned.chains())
                .map(c -> c.hooks().getFirst().steps().stream()
                        .map(ApplyOutcome.StepLine::entry)
                        .toList())
                .containsExactly(List.of("a/first"), List.of());
        ApplyOutcome.StepLine step =
                planned.chains().getFirst().hooks().getFirst().steps().getFirst();
        assertThat(step.program().version()).matches("sha256:[0-9a-f]{64}");
        assertThat(step.old().orElseThrow())
                .isInstanceOfSatisfying(
                        ListedEntry.Ours.class,
                        old -> assertThat(old.version())
                                .matches("sha256:[0-9a-f]{64}")
                                .isNotEqualTo(step.program().version()));
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

        Tree tree = host.tree(Optional.of(Duration.ofMillis(1)));

        Tree.HookView hook = tree.nodes().getLast().hooks().getFirst();
        assertThat(hook.attachType()).isEqualTo("cgroup_inet_egress");
        assertThat(hook.entries().getFirst().owner()).isEqualTo("bpfchain");
        assertThat(hook.effective().getFirst().chain()).isEqualTo("fw");
        assertThat(hook.entries().getFirst().runs()).isPresent();
    }

    @Test
    void showsInTheirOrderTheProgramsThatACgroupOnlyInheritsAndWhereTheyAreAttached() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first", "second"));
        TestCgroup middle = host.cgroup().child("middle");
        TestCgroup below = host.cgroup().child("middle/below");
        host.apply(Chains.yaml("near", middle.path(), 100, Chains.object(2), "third"));

        Tree tree = ((TreeOutcome.Shown) host.host().tree(Optional.of(below.path()), Optional.empty(), TestHost.SILENT))
                .tree();

        Tree.HookView hook = tree.nodes().getLast().hooks().stream()
                .filter(h -> h.attachType().equals(EGRESS.bpftoolName()))
                .findFirst()
                .orElseThrow();
        assertThat(tree.nodes().getLast().cgroup()).isEqualTo(below.path());
        assertThat(hook.entries()).isEmpty();
        assertThat(hook.effective().stream().limit(3))
                .extracting(Tree.EntryView::program, Tree.EntryView::from)
                .containsExactly(
                        tuple("third", middle.path()),
                        tuple("first", host.cgroup().path()),
                        tuple("second", host.cgroup().path()));
    }

    /** A pin that cannot be read may be of a newer version, or hidden by a policy: nobody knows that it is not needed. */
    @Test
    void leavesAnInstanceAloneWhosePinsCannotBeRead() throws IOException {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        Path root = host.bpffs().resolve("bpfchain");
        Path program = root.resolve(host.instances().getFirst()).resolve("prog_first");
        Path unknown = Files.createDirectory(root.resolve("unknown")).resolve("prog_first");
        Files.createLink(unknown, program);

        ApplyOutcome.Done done = host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));

        assertThat(unknown).exists();
        assertThat(done.warnings()).anyMatch(w -> w.startsWith("The pin " + unknown + " is left alone: "));
        assertThat(host.instances()).hasSize(2).contains("unknown");
    }

    @Test
    void takesWhatRunsOverWhenTheStateIsLostAndSaysWhatItLeavesAloneOnlyWhereNothingNeedsIt() throws IOException {
        String yaml = Chains.yaml("fw", host, Chains.object(1), "first");
        host.apply(yaml);
        List<EntryId> before = host.list(EGRESS);
        host.loseState();

        ApplyOutcome.Done other = host.apply(Chains.yaml("other", host, Chains.object(2), "second"));
        ApplyOutcome.Done again = host.apply(yaml);
        ApplyOutcome.Done deleted =
                (ApplyOutcome.Done) host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);

        assertThat(other.warnings()).anySatisfy(w -> assertThat(w).contains("Apply the chain again to take it over"));
        assertThat(again.warnings()).isEmpty();
        assertThat(host.list(EGRESS)).doesNotContainAnyElementsOf(before).hasSize(1);
        assertThat(deleted.warnings())
                .singleElement()
                .asString()
                .contains("nothing here needs it any more", "another state directory loaded it");
    }

    @Test
    void showsNoTreeOfWhatIsNoCgroup() {
        for (String path : List.of(
                "/nope", host.cgroup().path() + "/cgroup.procs", host.cgroup().path() + "/*")) {
            assertThat(host.host().tree(Optional.of(path), Optional.empty(), TestHost.SILENT))
                    .as(path)
                    .isInstanceOfSatisfying(
                            TreeOutcome.Refused.class,
                            r -> assertThat(r.problem().reason()).isEqualTo("NoSuchCgroup"));
        }
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
