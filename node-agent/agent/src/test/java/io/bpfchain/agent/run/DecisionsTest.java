package io.bpfchain.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The daemon's rules, on a machine and a folder made of maps. */
class DecisionsTest {
    private static final String OURS = "run:/chains";
    private static final Seen.File UNSETTLED = new Seen.File.Unsettled();
    private static final Seen.File INVALID = new Seen.File.Invalid(List.of("a.yaml:3: spec.colour: unknown field"));

    private final Decisions decisions = new Decisions(OURS, Timing.DEFAULT);
    private final Map<String, String> machine = new HashMap<>();
    private final Map<String, Seen.File> files = new HashMap<>();
    private Sources sources = Sources.NONE;
    private Memory memory = Memory.EMPTY;
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");

    @Test
    void appliesEverythingAtTheStart() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b", "c"));
        Decision decision = decide();
        assertThat(applied(decision)).containsExactly("a", "b", "c");
        assertThat(decision.everything()).isTrue();
        assertThat(decision.errors()).isEmpty();
    }

    @Test
    void appliesOnlyWhatChangedUntilTheNextRefresh() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        later(1);
        files.put("a.yaml", new Seen.File.Valid(List.of(document("a", 7))));
        assertThat(applied(decide())).containsExactly("a");
        later(1);
        assertThat(applied(decide())).isEmpty();
        later(28);
        Decision refresh = decide();
        assertThat(applied(refresh)).containsExactly("a", "b");
        assertThat(refresh.everything()).isTrue();
        assertThat(refresh.next()).isEqualTo(now.plusSeconds(30));
    }

    @Test
    void keepsTheLastGoodVersionOfAFileThatIsNotValid() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        later(40);
        files.put("a.yaml", INVALID);
        Decision decision = decide();
        assertThat(applied(decision)).containsExactly("a", "b");
        assertThat(decision.delete()).isEmpty();
        assertThat(decision.errors())
                .containsExactly(Map.entry(
                        "a.yaml", "a.yaml:3: spec.colour: unknown field\nthe last valid version stays in force"));
    }

    @Test
    void deletesAChainFiveSecondsAfterItsFile() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        Decision first = decide();
        assertThat(first.delete()).isEmpty();
        assertThat(first.next()).isEqualTo(now.plusSeconds(5));
        later(4.999);
        assertThat(decide().delete()).isEmpty();
        later(0.001);
        assertThat(decide().delete()).containsExactly("a");
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void keepsAChainWhoseFileComesBackInTime() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        decide();
        later(4);
        files.put("renamed.yaml", valid("a"));
        decide();
        later(10);
        assertThat(decide().delete()).isEmpty();
        files.remove("renamed.yaml");
        decide();
        later(4);
        assertThat(decide().delete()).as("the time of grace begins anew").isEmpty();
    }

    @Test
    void keepsAChainOfAMissingFileInRepairUntilItIsDeleted() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        later(29);
        files.remove("a.yaml");
        decide();
        later(1);
        assertThat(applied(decide())).containsExactly("a", "b");
    }

    @Test
    void detachesNothingWhenAllFilesAreGone() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.clear();
        for (int i = 0; i < 10; i++) {
            Decision decision = decide();
            assertThat(decision.delete()).isEmpty();
            assertThat(decision.errors())
                    .containsExactly(Map.entry(
                            "folder",
                            "all chain files are gone; everything stays attached as it is (a, b). To take a chain out although"
                                    + " no file is left: bpfchain delete chain NAME --force"));
            later(10);
        }
        later(30);
        assertThat(applied(decide())).as("still kept in repair").containsExactly("a", "b");
    }

    @Test
    void leavesAChainOutThatWasDeletedByHandWhenNoFileWasLeft() {
        files.put("a.yaml", valid("a"));
        decide();
        files.clear();
        decide();
        machine.remove("a");
        assertThat(decide().errors())
                .containsExactly(
                        Map.entry("folder", "all chain files are gone; none of their chains is on this machine"));
        memory = Memory.EMPTY;
        Decision restarted = decide();
        assertThat(restarted.apply()).isEmpty();
        assertThat(restarted.errors()).isEmpty();
    }

    @Test
    void detachesNothingWhenTheFilesGoOneByOneWithinTheTimeOfGrace() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        files.put("c.yaml", valid("c"));
        decide();
        for (String file : List.of("a.yaml", "b.yaml", "c.yaml")) {
            files.remove(file);
            assertThat(decide().delete()).isEmpty();
            later(1);
        }
        later(100);
        Decision gone = decide();
        assertThat(gone.delete()).isEmpty();
        assertThat(applied(gone)).containsExactly("a", "b", "c");
        files.put("c.yaml", valid("c"));
        assertThat(decide().delete()).as("the time of grace begins anew").isEmpty();
        later(5);
        assertThat(decide().delete()).containsExactly("a", "b");
    }

    @Test
    void detachesNothingWhenAnEmptyFolderIsFoundAtTheStart() {
        machine.put("a", OURS);
        assertThat(decide().errors()).containsKey("folder");
        later(100);
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void saysNothingAboutAnEmptyFolderThatNeverHadFiles() {
        machine.put("a", "apply");
        assertThat(decide().errors()).isEmpty();
    }

    @Test
    void detachesNothingWhileTheFolderCannotBeRead() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        decide();
        later(4);
        Decision unreadable = decide(new Seen.Unreadable("read /chains: no such directory"));
        assertThat(unreadable.errors())
                .containsExactly(
                        Map.entry("folder", "read /chains: no such directory; everything stays attached as it is"));
        assertThat(unreadable.delete()).isEmpty();
        assertThat(unreadable.next()).isEqualTo(now.plusSeconds(1));
        later(100);
        assertThat(decide(new Seen.Unreadable("read /chains: no such directory"))
                        .delete())
                .isEmpty();
        assertThat(decide().delete()).as("the time of grace begins anew").isEmpty();
        later(5);
        assertThat(decide().delete()).containsExactly("a");
    }

    @Test
    void deletesNothingWhileAnyFileIsNotValid() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        files.put("b.yaml", INVALID); // may be where the chain was moved to
        decide();
        later(100);
        assertThat(decide().delete()).isEmpty();
        files.put("b.yaml", valid("b", "a"));
        assertThat(decide().delete()).isEmpty();
        assertThat(machine).containsKey("a");
    }

    @Test
    void namesTheFileThatIsNotValidAndTheChainWhoseDeletionWaitsForIt() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        files.put("b.yaml", INVALID);
        assertThat(decide().errors()).as("within the time of grace").containsOnlyKeys("b.yaml");
        later(5);
        assertThat(decide().errors())
                .containsEntry(
                        "a",
                        "chain a is named by no valid file, and waits to be deleted until b.yaml is valid, which may name it;"
                                + " until then it runs on");
        files.put("b.yaml", valid("b"));
        Decision valid = decide();
        assertThat(valid.errors()).isEmpty();
        assertThat(valid.delete()).containsExactly("a");
    }

    @Test
    void leavesAChainOutThatWasDeletedByHandUntilItsFileChanges() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        machine.remove("a");
        for (int i = 0; i < 5; i++) {
            Decision decision = decide();
            assertThat(applied(decision)).doesNotContain("a");
            assertThat(decision.errors())
                    .containsExactly(Map.entry(
                            "a",
                            "chain a (a.yaml:1) was taken out of this machine, and not by this daemon; it is made again when"
                                    + " its file changes or the daemon starts"));
            later(20);
        }
        files.put("a.yaml", new Seen.File.Valid(List.of(document("a", 7))));
        Decision changed = decide();
        assertThat(applied(changed)).contains("a");
        assertThat(changed.errors()).isEmpty();
        machine.remove("a");
        memory = Memory.EMPTY;
        assertThat(applied(decide())).as("the daemon starts").contains("a");
    }

    @Test
    void makesAChainAgainWhoseFileComesBackAfterItWasDeleted() {
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        decide();
        files.remove("a.yaml");
        decide();
        later(5);
        assertThat(decide().delete()).containsExactly("a");
        files.put("a.yaml", valid("a"));
        assertThat(applied(decide())).containsExactly("a");
    }

    /** One that was refused was never there, and is tried again. */
    @Test
    void triesAChainAgainThatTheMachineHasNotTaken() {
        files.put("a.yaml", valid("a"));
        decide();
        machine.remove("a");
        memory = new Memory(memory.good(), memory.missing(), memory.tried(), memory.refreshed(), Set.of());
        later(30);
        assertThat(applied(decide())).containsExactly("a");
    }

    @Test
    void deletesNothingForAFileThatIsNotValidAtTheStart() {
        machine.put("a", OURS);
        files.put("a.yaml", INVALID);
        files.put("b.yaml", valid("b"));
        decide();
        later(100);
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void waitsForAFileThatIsBeingWritten() {
        files.put("a.yaml", valid("a"));
        decide();
        files.put("a.yaml", UNSETTLED);
        files.put("b.yaml", UNSETTLED);
        Decision decision = decide();
        assertThat(decision.apply()).isEmpty();
        assertThat(decision.errors()).isEmpty();
        assertThat(decision.next()).isEqualTo(now.plusMillis(200));
    }

    @Test
    void leavesChainsAloneThatOthersMade() {
        machine.put("a", "apply");
        machine.put("b", "run:/elsewhere");
        machine.put("kept", "apply");
        files.put("a.yaml", valid("a"));
        files.put("b.yaml", valid("b"));
        files.put("c.yaml", valid("c"));
        Decision decision = decide();
        assertThat(applied(decision)).containsExactly("c");
        assertThat(decision.errors())
                .containsEntry(
                        "a",
                        "chain a (a.yaml) was made by apply and is left alone; rename the chain in the file, or take the other"
                                + " out with bpfchain delete chain a")
                .containsKey("b");
        later(100);
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void leavesAChainAsItIsThatTwoFilesName() {
        files.put("a.yaml", valid("a"));
        files.put("z.yaml", valid("z"));
        decide();
        files.put("b.yaml", new Seen.File.Valid(List.of(document("a", 9))));
        Decision decision = decide();
        assertThat(decision.apply()).isEmpty();
        assertThat(decision.errors())
                .containsExactly(Map.entry(
                        "a",
                        "chain a is in several files (a.yaml, b.yaml); it stays as it is until only one names it"));
        later(100);
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void appliesAChainAgainWhenAFileThatItRefersToChanged() {
        Path object = Path.of("/chains/a.o");
        files.put("a.yaml", valid("a"));
        sources = new Sources(Map.of(object, "version 1"), Set.of());
        decide();
        later(1);
        assertThat(applied(decide())).isEmpty();
        sources = new Sources(Map.of(object, "version 2"), Set.of(object));
        Decision written = decide();
        assertThat(applied(written)).as("somebody may still be writing it").isEmpty();
        assertThat(written.next()).isEqualTo(now.plusMillis(200));
        sources = new Sources(Map.of(object, "version 2"), Set.of());
        assertThat(applied(decide())).containsExactly("a");
        assertThat(applied(decide())).isEmpty();
        sources = new Sources(Map.of(object, "no such file"), Set.of());
        assertThat(applied(decide()))
                .as("the machine says what is wrong with it")
                .containsExactly("a");
        assertThat(decide().delete()).isEmpty();
    }

    @Test
    void restoresWhatTheMachineKeepsWhereNoValidFileWasSeen() {
        machine.put("a", OURS);
        machine.put("x", "apply");
        files.put("a.yaml", INVALID);
        files.put("b.yaml", valid("b"));
        Decision first = decide();
        assertThat(first.restore()).containsExactly("a");
        assertThat(first.errors())
                .containsEntry(
                        "a.yaml",
                        "a.yaml:3: spec.colour: unknown field\nno valid version of it has been seen since the start; what it"
                                + " had applied before stays in force");
        later(1);
        assertThat(decide().restore()).as("once in each refresh").isEmpty();
        later(30);
        assertThat(decide().restore()).containsExactly("a");
        files.put("a.yaml", valid("a"));
        later(30);
        Decision valid = decide();
        assertThat(valid.restore()).isEmpty();
        assertThat(applied(valid)).contains("a");
    }

    @Test
    void restoresWhatTheMachineKeepsWhereTheFolderIsGone() {
        machine.put("a", OURS);
        assertThat(decide(new Seen.Unreadable("read /chains: no such directory"))
                        .restore())
                .containsExactly("a");
    }

    @Test
    void restoresNothingThatIsAboutToBeDeleted() {
        machine.put("a", OURS);
        files.put("b.yaml", valid("b"));
        assertThat(decide().restore()).isEmpty();
    }

    private Decision decide() {
        return decide(new Seen.Listed(files));
    }

    /** Decides, and does what was decided. */
    private Decision decide(Seen seen) {
        Decision decision = decisions.decide(memory, seen, sources, machine, now);
        memory = decision.memory().afterTrying(decision.apply(), sources, decision.everything(), now);
        decision.apply().forEach(d -> machine.put(d.name(), OURS));
        memory = memory.afterTaking(
                decision.apply().stream().map(ChainDocument::name).toList());
        decision.delete().forEach(machine::remove);
        return decision;
    }

    private void later(double seconds) {
        now = now.plus(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    private static List<String> applied(Decision decision) {
        return decision.apply().stream().map(ChainDocument::name).toList();
    }

    private static Seen.File valid(String... chains) {
        return new Seen.File.Valid(
                java.util.Arrays.stream(chains).map(c -> document(c, 1)).toList());
    }

    private static ChainDocument document(String name, int priority) {
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: /a}
                  priority: %d
                  objects: [{name: main, source: {file: {path: a.o}}}]
                  programs: [{name: count}]
                """.formatted(name, priority);
        ReadOutcome read = new ChainFiles().parse(name + ".yaml", yaml, Path.of("/chains"));
        return ((ReadOutcome.Read) read).documents().getFirst();
    }
}
