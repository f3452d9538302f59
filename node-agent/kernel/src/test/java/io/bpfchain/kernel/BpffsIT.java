package io.bpfchain.kernel;

import static io.bpfchain.planner.AttachType.CGROUP_INET_EGRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.BpffsSearch.Result;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.MountAttempt;
import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class BpffsIT {
    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();
    private final TestBpffs mount = TestBpffs.mount();
    private final Bpffs bpffs = new Bpffs(mount.directory());

    @AfterEach
    void leavesNoDescriptorBehind() {
        mount.close();
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void findsTheDirectoryThatIsAskedFor() {
        assertThat(BpffsSearch.find(Optional.of(mount.directory())))
                .isInstanceOfSatisfying(
                        Result.Found.class,
                        found -> assertThat(found.bpffs().root()).isEqualTo(bpffs.root()));
    }

    @Test
    void refusesADirectoryThatIsNotOnABpffs() {
        assertThat(BpffsSearch.find(Optional.of(Path.of("/tmp"))))
                .isEqualTo(
                        new Result.Missing(
                                "/tmp is not on a BPF file system.",
                                "Name a directory on one, or mount one on an empty directory of the host: mount -t bpf bpf DIRECTORY"));
        assertThat(BpffsSearch.find(Optional.of(Path.of("/no/such"))))
                .isInstanceOfSatisfying(
                        Result.Missing.class,
                        missing -> assertThat(missing.message())
                                .contains("/no/such")
                                .contains("ENOENT"));
    }

    @Test
    void refusesAReadOnlyBpffs() {
        Commands.run("mount", "-o", "remount,bind,ro", mount.directory().toString());

        assertThat(BpffsSearch.find(Optional.of(mount.directory())))
                .isInstanceOfSatisfying(
                        Result.Missing.class,
                        missing -> assertThat(missing.message()).contains("mounted read-only"));
    }

    @Test
    void namesWhatIsMountedElsewhereAndLeavesItAlone() throws IOException {
        Result.Missing others = BpffsSearch.notMounted(MountTable.parse("""
                1 0 0:1 / / rw - ext4 d rw
                2 1 0:2 / /run/other rw - bpf bpf rw
                """));
        Result.Missing none = BpffsSearch.notMounted(new MountTable(List.of()));

        assertThat(others)
                .isEqualTo(new Result.Missing(
                        "No BPF file system is mounted at /sys/fs/bpf; what is mounted at /run/other may be somebody else's"
                                + " and is not used unasked.",
                        "Mount the usual one on the host (mount -t bpf bpf /sys/fs/bpf), or use the other: --bpffs"
                                + " /run/other"));
        assertThat(none.message()).isEqualTo("No BPF file system is mounted at /sys/fs/bpf.");
        assertThat(BpffsSearch.notMounted(MountTable.read()).remedy()).contains("--bpffs ");
    }

    @Test
    void mountsNothingInAPrivateMountNamespace() {
        String answer = Commands.run(TestJvm.command(List.of("unshare", "-m"), MountAttempt.class));

        assertThat(answer).contains("Missing").contains("not in the host's mount namespace");
    }

    @Test
    void makesItsDirectoryForRootOnly() throws IOException {
        bpffs.createRoot();
        bpffs.createRoot();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bpffs.root())))
                .isEqualTo("rwx------");
    }

    @Test
    void findsWhatIsPinned() throws IOException {
        EntryId id = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "block.it", "i-1");
        pinMap("i-1", ".rodata");

        InstanceScan.Result scan = bpffs.scan();

        assertThat(scan.broken()).isEmpty();
        assertThat(scan.instances()).singleElement().satisfies(instance -> {
            assertThat(instance.instance()).isEqualTo("i-1");
            assertThat(instance.programs())
                    .containsExactly(new PinnedProgram(
                            "prog_block%2eit",
                            id, TestPrograms.identity(CGROUP_INET_EGRESS, "chain", "block.it", "v-i-1", "i-1")));
            assertThat(instance.maps())
                    .extracting(PinnedInstance.PinnedMap::mapName)
                    .containsExactly(".rodata");
        });
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        assertThat(bpffs.scan()).isEqualTo(new InstanceScan.Result(List.of(), List.of(), List.of()));
        bpffs.sweep();
        bpffs.remove("never");
    }

    @Test
    void reportsBrokenPinsAndReadsTheRest() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "good", "i-1");
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "moved", "i-2");
        Path one = bpffs.instanceDirectory("i-1");
        Path two = bpffs.instanceDirectory("i-2");
        try (Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "naked")) {
            Pins.pin(program, one.resolve("prog_naked"));
            Pins.pin(program, one.resolve("prog_wrong"));
            Pins.pin(program, one.resolve("what"));
        }
        Files.move(two.resolve("id_prog_moved"), one.resolve("id_prog_wrong"));
        Files.move(two.resolve("prog_moved"), one.resolve("prog_moved"));
        try (Fd map = Pins.open(one.resolve("id_prog_wrong"))) {
            Pins.pin(map, one.resolve("id_prog_moved"));
        }
        Files.createDirectory(bpffs.root().resolve("%odd"));

        InstanceScan.Result scan = bpffs.scan();

        assertThat(scan.broken())
                .extracting(broken -> bpffs.root().relativize(broken.path()) + ": " + broken.reason())
                .containsExactly(
                        "%odd: it is not an instance of bpfchain",
                        "i-1/prog_moved: it belongs to instance i-2",
                        "i-1/prog_naked: BPF_OBJ_GET " + one.resolve("id_prog_naked") + ": ENOENT",
                        "i-1/prog_wrong: the identity map beside it belongs to another program",
                        "i-1/what: its name has no meaning here");
        assertThat(scan.instances().getFirst().programs())
                .extracting(PinnedProgram::pinName)
                .containsExactly("prog_good");
    }

    @Test
    void readsAnInstanceAgainOnlyWhereItsDirectoryHasChanged() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-1");
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-2");
        Path changed = bpffs.instanceDirectory("i-2");
        for (String instance : List.of("i-1", "i-2")) {
            Files.setLastModifiedTime(
                    bpffs.instanceDirectory(instance),
                    FileTime.from(Instant.now().minusSeconds(60)));
        }
        List<PinnedInstance> first = bpffs.scan().instances();

        pinMap("i-2", "m");
        List<PinnedInstance> second = bpffs.scan().instances();
        Files.delete(changed.resolve("map_m")); // within the tick of the kernel's clock
        List<PinnedInstance> third = bpffs.scan().instances();

        assertThat(second.getFirst()).isSameAs(first.getFirst());
        assertThat(third.getFirst()).isSameAs(first.getFirst());
        assertThat(second.getLast().maps())
                .extracting(PinnedInstance.PinnedMap::mapName)
                .containsExactly("m");
        assertThat(third.getLast().maps()).isEmpty();
    }

    @Test
    void readsWhatIsBrokenAgain() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-1");
        Files.delete(bpffs.instanceDirectory("i-1").resolve("id_prog_p"));
        Files.setLastModifiedTime(
                bpffs.instanceDirectory("i-1"), FileTime.from(Instant.now().minusSeconds(60)));

        assertThat(bpffs.scan().broken()).hasSize(1);
        assertThat(bpffs.scan().broken()).hasSize(1);
    }

    @Test
    void removesAnInstanceAndForgetsUnfinishedOnes() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-1");
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-2");
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-3");
        Files.move(bpffs.instanceDirectory("i-2"), bpffs.stagingDirectory("i-2"));

        bpffs.remove("i-1");
        InstanceScan.Result scan = bpffs.scan();
        assertThat(scan.instances()).extracting(PinnedInstance::instance).containsExactly("i-3");
        assertThat(scan.unfinished()).containsExactly(bpffs.stagingDirectory("i-2"));
        bpffs.sweep();

        assertThat(bpffs.scan().unfinished()).isEmpty();
        assertThat(Bpffs.children(bpffs.root())).containsExactly(bpffs.instanceDirectory("i-3"));
    }

    @Test
    void finishesARemovalThatWasInterrupted() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-1");
        Path gone = Files.move(bpffs.instanceDirectory("i-1"), bpffs.root().resolve("%gone-x"));
        Files.delete(gone.resolve("id_prog_p"));

        assertThat(bpffs.scan()).isEqualTo(new InstanceScan.Result(List.of(), List.of(), List.of(gone)));
        bpffs.sweep();

        assertThat(Bpffs.children(bpffs.root())).isEmpty();
    }

    @Test
    void leadsAStablePathFromOneMapToTheNextAtOnce() throws IOException {
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-1");
        int first = pinMap("i-1", "m");
        TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "p", "i-2");
        int second = pinMap("i-2", "m");
        Path stable = bpffs.stablePin("chain", "m");

        bpffs.publishMap("chain", "m", bpffs.instanceDirectory("i-1").resolve("map_m"));
        assertThat(mapId(stable)).isEqualTo(first);
        bpffs.publishMap("chain", "m", bpffs.instanceDirectory("i-2").resolve("map_m"));
        assertThat(mapId(stable)).isEqualTo(second);
        assertThat(bpffs.scan().broken()).isEmpty();

        bpffs.retainMaps("chain", Set.of("m"));
        assertThat(stable).exists();
        bpffs.retainMaps("chain", Set.of());
        assertThat(stable.getParent()).doesNotExist();
    }

    @Test
    void refusesAnInstanceThatWouldHideTheStablePaths() {
        assertThatThrownBy(() -> bpffs.instanceDirectory("by-chain")).isInstanceOf(IllegalArgumentException.class);
    }

    private int pinMap(String instance, String name) throws BpfException {
        try (MapHandle map = MapHandle.create(MapInfo.ARRAY, 4, 4, 1, 0, "m")) {
            Pins.pin(map.fd(), bpffs.instanceDirectory(instance).resolve(Bpffs.mapPin(name)));
            return map.info().id();
        }
    }

    private static int mapId(Path pin) throws BpfException {
        try (MapHandle map = MapHandle.open(pin)) {
            return map.info().id();
        }
    }
}
