package io.bpfchain.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.OnUnsafe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDirectoryTest {
    @TempDir
    private Path root;

    private StateDirectory state;

    @BeforeEach
    void open() {
        state = StateDirectory.open(root, "boot");
    }

    private static Journal journal(String chain, long sequence, int revision) {
        return new Journal(
                chain,
                "uid",
                sequence,
                revision,
                "boot",
                new Journal.JournalRoot(1, "/sys/fs/cgroup"),
                AttachType.CGROUP_DEVICE,
                100,
                OnUnsafe.REFUSE,
                List.of(new Journal.JournalEntry("p", "o", "f", "sha256:1", "i")),
                List.of(),
                List.of(new Journal.JournalHook(7, "/a", AttachType.CGROUP_DEVICE)),
                List.of(),
                List.of(),
                false);
    }

    private static StoredRevision revision(int number, String object) {
        ReadOutcome read = new ChainFiles().parse("c.yaml", """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: c}
                spec:
                  attachType: cgroup_device
                  cgroup: {path: /a}
                  objects: [{name: o, source: {file: {path: o.o}}}]
                  programs: [{name: p, function: f}]
                """, Path.of("/"));
        return new StoredRevision(
                "c",
                number,
                "sha256:" + number,
                ((ReadOutcome.Read) read).documents().getFirst().spec(),
                List.of(new StoredRevision.StoredObject("o", object, Map.of())),
                "applied",
                Instant.EPOCH.plusSeconds(number),
                "apply",
                Instant.EPOCH);
    }

    @Test
    void readsBackWhatWasWritten() {
        state.journals().write(List.of(journal("a", 1, 1), journal("b", 4, 2)));
        String object = state.objects().put("bytes".getBytes(StandardCharsets.UTF_8));
        state.chains().add(List.of(revision(1, object)));

        assertThat(state.journals().all().values()).containsExactly(journal("a", 1, 1), journal("b", 4, 2));
        assertThat(state.chains().revision("c", 1)).contains(revision(1, object));
    }

    @Test
    void takesARevisionOfAnEarlierVersionForTheOneThatMadeTheChain() throws IOException {
        state.chains().add(List.of(revision(2, "sha256:" + "0".repeat(64))));
        Path file = root.resolve("chains/c/revisions/2.json");
        Files.writeString(file, Files.readString(file).replace(",\"createdAt\":\"" + Instant.EPOCH + "\"", ""));

        StoredRevision read =
                StateDirectory.open(root).chains().revision("c", 2).orElseThrow();

        assertThat(read.createdAt()).isEqualTo(read.at()).isAfter(Instant.EPOCH);
    }

    @Test
    void countsJournalsOfOneChangeAllOrNotAtAll() throws IOException {
        state.journals().write(List.of(journal("a", 1, 1), journal("b", 1, 1)));
        Path file = root.resolve("journal").resolve("a.json");
        byte[] old = Files.readAllBytes(file);
        state.journals().write(List.of(journal("a", 2, 2)));
        byte[] together = ("{\"journals\":[" + Files.readString(file) + "]}").getBytes(StandardCharsets.UTF_8);
        Files.write(file, old);
        Files.write(root.resolve("journal-together.json"), together);

        assertThat(state.journals().read("a")).contains(journal("a", 2, 2));
        state.journals().finish();

        assertThat(root.resolve("journal-together.json")).doesNotExist();
        assertThat(state.journals().read("a")).contains(journal("a", 2, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "{\"chain\": \"a\"", "[]"})
    void neverTakesAFileThatCannotBeReadForAnAbsence(String content) throws IOException {
        state.journals().write(List.of(journal("a", 1, 1)));
        Files.writeString(root.resolve("journal").resolve("a.json"), content);

        assertThatThrownBy(() -> state.journals().all())
                .isInstanceOfSatisfying(
                        StateException.class,
                        e -> assertThat(e.problem().reason()).isEqualTo("StateCorrupt"));
    }

    @Test
    void readsBackEveryFieldOfAJournal() {
        Journal full = new Journal(
                "a",
                "uid",
                Long.MAX_VALUE,
                3,
                "boot",
                new Journal.JournalRoot(1, "/sys/fs/cgroup"),
                AttachType.CGROUP_INET_EGRESS,
                -5,
                OnUnsafe.ALLOW_GAP,
                List.of(new Journal.JournalEntry("p", "o", "f", "sha256:1", "i")),
                List.of(new Journal.JournalObject(
                        "o",
                        "sha256:2",
                        "sha256:3",
                        List.of(
                                new Journal.JournalMap("m", "i", "shared", "sha256:4", 7, true, true),
                                new Journal.JournalMap("n", "i", null, null, -1, false, false)))),
                List.of(new Journal.JournalHook(7, "/a", AttachType.CGROUP_INET_EGRESS)),
                List.of(new Journal.JournalHook(Long.MAX_VALUE, "/b", AttachType.CGROUP_DEVICE)),
                List.of("copy"),
                true);
        state.journals().write(List.of(full));

        assertThat(StateDirectory.open(root, "boot").journals().read("a")).contains(full);
    }

    @Test
    void keepsTheLastTenRevisionsAndTheirObjects() {
        for (int number = 1; number <= 12; number++) {
            state.chains().add(List.of(revision(number, state.objects().put(new byte[] {(byte) number}))));
        }
        state.journals().write(List.of(journal("c", 1, 11)));

        state.collectGarbage(Set.of(), Instant.EPOCH);

        assertThat(state.chains().numbers("c")).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(state.objects().contains(Digests.of(new byte[] {1}))).isFalse();
        assertThat(state.objects().contains(Digests.of(new byte[] {12}))).isFalse();
        assertThat(state.objects().contains(Digests.of(new byte[] {2}))).isTrue();
    }

    @Test
    void removesDownloadsThatNobodyFinishes() throws IOException {
        Instant now = Instant.parse("2026-11-03T10:00:00Z");
        Path downloads = Files.createDirectory(StateDirectory.downloads(root));
        Path abandoned = Files.createFile(downloads.resolve(".download-1"));
        Path fresh = Files.createFile(downloads.resolve(".download-2"));
        Files.setLastModifiedTime(abandoned, FileTime.from(now.minusSeconds(1)));
        Files.setLastModifiedTime(fresh, FileTime.from(now.plusSeconds(1)));

        state.collectGarbage(Set.of(), now);

        assertThat(abandoned).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void keepsAListUnderANameThatTellsItsFormat() throws IOException {
        String digest = state.entries().putList("- {key: 1, value: 2}".getBytes(UTF_8), "list.yaml");
        String lines = state.entries().putList("1 2".getBytes(UTF_8), "list.txt");

        assertThat(state.entries().list(digest, "list.yaml"))
                .hasContent("- {key: 1, value: 2}")
                .hasExtension("yaml");
        assertThat(state.entries().list(lines, "list.txt")).hasContent("1 2").hasNoExtension();
        state.collectGarbage(Set.of(), Instant.EPOCH);
        assertThat(root.resolve("entries")).isEmptyDirectory();
    }

    @Test
    void isSettledOnlyByTheJournalWhoseWorkWasDone() {
        state.chains().add(List.of(revision(1, state.objects().put(new byte[0]))));
        state.chains().settle(List.of(journal("c", 1, 1)));

        assertThat(state.chains().settled(journal("c", 1, 1))).isTrue();
        assertThat(state.chains().settled(journal("c", 2, 1))).isFalse();
    }
}
