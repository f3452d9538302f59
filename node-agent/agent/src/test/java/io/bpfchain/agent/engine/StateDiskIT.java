package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file system of the state directory is full or read-only, from the start or from the worst moment on. */
@Tag("kernel")
class StateDiskIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    @TempDir
    Path disk;

    private TestHost host = new TestHost(Path.of("/nowhere"));

    @BeforeEach
    void mount() {
        host.close();
        Commands.run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
        host = new TestHost(disk.resolve("state"));
    }

    @AfterEach
    void unmount() {
        host.close();
        Commands.run("umount", "-l", disk.toString());
    }

    @Test
    void saysWhatCouldNotBeWrittenWhereAndWhatToDo() throws IOException {
        fill();

        Problem problem = refused(host.tryApply(Chains.yaml("fw", host, Chains.object(1), "first")));

        assertThat(problem.reason()).isEqualTo("StateUnavailable");
        assertThat(problem.message())
                .matches("write " + host.state()
                        + "/objects/[0-9a-f]{64}: ENOSPC \\(no space is left on the file system\\)");
        assertThat(problem.remedy())
                .isEqualTo(
                        "Free space on the file system of the state directory (df shows it), or name one elsewhere with"
                                + " --state-dir. What is attached stays attached.");
        assertThat(files()).isEmpty();
    }

    @Test
    void saysThatItIsReadOnly() {
        readOnly();

        Problem problem = refused(host.tryApply(Chains.yaml("fw", host, Chains.object(1), "first")));

        assertThat(problem.message()).endsWith(": EROFS (the file system is read-only)");
        assertThat(problem.remedy())
                .startsWith("Mount the file system of the state directory writable, or name one elsewhere with");
    }

    /** What was loaded when the disk had still room is let go; the hook runs what it ran, and goes on when there is room again. */
    @ParameterizedTest
    @CsvSource({"published, full", "revision-written, full", "published, read-only", "revision-written, read-only"})
    void leavesNothingPinnedWhenTheDiskFailsBeforeAnythingIsBegun(String moment, String trouble) throws IOException {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        List<EntryId> before = host.list(EGRESS);
        List<String> instances = host.instances();
        List<Path> files = files();
        String next = Chains.yaml("fw", host, Chains.object(2), "first");

        ApplyOutcome outcome = host.host(reached -> {
                    if (reached.equals(moment)) {
                        if (trouble.equals("full")) {
                            fill();
                        } else {
                            readOnly();
                        }
                    }
                })
                .apply(TestHost.documents(next), new Host.ApplyOptions(false, "apply"), TestHost.SILENT);

        assertThat(refused(outcome).message())
                .contains(trouble.equals("full") ? ": ENOSPC (" : ": EROFS (")
                .contains(host.state().toString());
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(host.instances()).isEqualTo(instances);
        if (trouble.equals("full")) {
            assertThat(files()).isEqualTo(files);
        }
        mend();
        host.apply(next);
        assertThat(host.list(EGRESS)).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(host.instances()).hasSize(1);
    }

    /** Chains that are changed together are written down together first, which must not count when the rest has no room. */
    @Test
    void beginsNoneOfSeveralChainsWhenThereIsNoRoomForAll() throws IOException {
        String several = Chains.yaml("a", host, Chains.object(1), "first") + "\n---\n"
                + Chains.yaml("b", host, Chains.object(1), "second");

        ApplyOutcome outcome = host.host(reached -> {
                    if (reached.equals("revision-written")) {
                        fill();
                    }
                })
                .apply(TestHost.documents(several), new Host.ApplyOptions(false, "apply"), TestHost.SILENT);

        assertThat(refused(outcome).message()).contains(": ENOSPC (");
        assertThat(host.list(EGRESS)).isEmpty();
        assertThat(host.instances()).isEmpty();
        mend();
        assertThat(host.host().chains()).isEmpty();
    }

    private static Problem refused(ApplyOutcome outcome) {
        assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
        return ((ApplyOutcome.Refused) outcome).problems().getFirst();
    }

    /** Every file of the state directory. */
    private List<Path> files() throws IOException {
        if (!Files.exists(host.state())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(host.state())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void fill() {
        try (OutputStream out = Files.newOutputStream(disk.resolve("ballast"))) {
            while (true) {
                out.write(new byte[1 << 12]);
            }
        } catch (IOException e) {
            if (!"No space left on device".equals(e.getMessage())) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void readOnly() {
        Commands.run("mount", "-o", "remount,ro", disk.toString());
    }

    private void mend() throws IOException {
        Commands.run("mount", "-o", "remount,rw", disk.toString());
        Files.deleteIfExists(disk.resolve("ballast"));
    }
}
