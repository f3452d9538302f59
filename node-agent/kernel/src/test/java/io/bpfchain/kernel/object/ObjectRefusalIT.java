package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static io.bpfchain.kernel.object.Objects.filled;
import static io.bpfchain.kernel.object.Objects.fresh;
import static io.bpfchain.kernel.object.Objects.load;
import static io.bpfchain.kernel.object.Objects.loaded;
import static io.bpfchain.kernel.object.Objects.names;
import static io.bpfchain.kernel.object.Objects.refused;
import static io.bpfchain.kernel.object.Objects.request;
import static io.bpfchain.kernel.object.Objects.reused;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.NativeLibrary;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.object.ObjectRefusal.Reason;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectRefusalIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ObjectHelper helper = new ObjectHelper();
    private final Path firewall = compiled("firewall");
    private final TestBpffs bpffs = TestBpffs.mount();

    @TempDir
    Path directory;

    /** After every refusal nothing is pinned. */
    @AfterEach
    void nothingIsLeft() {
        try (bpffs) {
            assertThat(names(bpffs.directory())).isEmpty();
        }
    }

    private LoadRequest one(Path object, String function, MapLoad... maps) {
        return request(object, bpffs, "one", List.of(load(function, AttachType.CGROUP_INET_EGRESS)), List.of(maps));
    }

    private ObjectRefusal inspecting(Path object) {
        return refused(helper.inspect(object));
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private byte[] changed(int at, int value) throws IOException {
        byte[] bytes = Files.readAllBytes(firewall);
        bytes[at] = (byte) value;
        return bytes;
    }

    private ObjectHelper through(String script) throws IOException {
        Path executable = Files.writeString(directory.resolve("helper.sh"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
        return new ObjectHelper(executable, LONG, LONG);
    }

    @Test
    void whatAFailedLoadHasPinnedGoesAndNothingElse() throws IOException {
        ObjectHelper helper = through("mkdir %s/one; exec %s".formatted(bpffs.directory(), executable()));
        ObjectRefusal refusal = refused(helper.load(one(firewall, "monitor", fresh("events"))));
        assertThat(refusal.message()).isEqualTo("pin at %s/one: EEXIST", bpffs.directory());
        assertThat(names(bpffs.directory())).containsExactly("one");
        Files.delete(bpffs.directory().resolve("one"));
    }

    @Test
    void doesNotPublishWhatWasPinnedBesides() throws IOException {
        ObjectHelper helper = through("%s; mkdir %s/%%new-one/more".formatted(executable(), bpffs.directory()));
        ObjectRefusal refusal = refused(helper.load(one(firewall, "monitor", fresh("events"))));
        assertThat(refusal.reason()).isEqualTo(Reason.NotAnObject);
        assertThat(refusal.message()).endsWith("makes no sense: it has made other pins than were asked for");
    }

    @Test
    void saysThatAHelperWasStoppedByItsFilter() throws IOException {
        ObjectHelper stopped = through("mkdir %s/%%new-one; echo 'system call 321 (bpf command 8)' >&2; kill -SYS $$"
                .formatted(bpffs.directory()));
        ObjectRefusal refusal = refused(stopped.load(one(firewall, "monitor", fresh("events"))));
        assertThat(refusal.reason()).isEqualTo(Reason.HelperStopped);
        assertThat(refusal.message())
                .isEqualTo(
                        "load %s: the helper process was stopped because it attempted what no loading needs"
                                + " (system call 321 (bpf command 8))",
                        firewall);
    }

    @Test
    void saysThatAddressesOfKernelSymbolsAreNotRead() {
        Path object = compiled("kernel-symbol");
        ObjectRefusal refusal = refused(helper.load(one(object, "asks_for_an_address")));
        assertThat(refusal.reason()).isEqualTo(Reason.Unsupported);
        assertThat(refusal.message())
                .startsWith(
                        "load %s: it asks for the address of a kernel symbol (an extern __ksym without a type), which is not read"
                                .formatted(object));
    }

    /** Never load this object: it crashes kernels. */
    @Test
    void aTailCallTargetWithCgroupStorageIsRefused() {
        Path object = compiled("tail-call-storage");
        ObjectRefusal refusal = inspecting(object);
        assertThat(refusal.reason()).isEqualTo(Reason.Unsupported);
        assertThat(refusal.message())
                .isEqualTo(
                        "open %s: function callee is a tail-call target in map next and uses the cgroup storage seen,"
                                        .formatted(object)
                                + " which crashes some kernels");
    }

    private static Path executable() {
        return NativeLibrary.directory().resolve("bpfchain-elf");
    }

    @Test
    void saysWhatAFileIsThatIsNoObject() throws IOException {
        Path text = file("text.o", "int main() {}".getBytes(StandardCharsets.UTF_8));
        assertThat(inspecting(text).message()).isEqualTo("open %s: it is not an ELF file", text);
        assertThat(inspecting(text).reason()).isEqualTo(Reason.NotAnObject);
        Path empty = file("empty.o", new byte[0]);
        assertThat(inspecting(empty).message()).isEqualTo("open %s: the file is empty", empty);
        Path machine = file("machine.o", changed(18, 62));
        assertThat(inspecting(machine).message())
                .isEqualTo("open %s: it is compiled for ELF machine 62, not for BPF (247)", machine);
        Path executable = file("executable.o", changed(16, 2));
        assertThat(inspecting(executable).message())
                .isEqualTo("open %s: it is of ELF type 2, not a relocatable object (1)", executable);
        Path truncated = file("truncated.o", Arrays.copyOf(Files.readAllBytes(firewall), 300));
        assertThat(inspecting(truncated).reason()).isEqualTo(Reason.NotAnObject);
        assertThat(inspecting(truncated).message())
                .startsWith("open %s: libbpf refuses it (libbpf error 4001)".formatted(truncated));
        Path header = file("header.o", Arrays.copyOf(Files.readAllBytes(firewall), 20));
        assertThat(inspecting(header).message()).startsWith("open %s: its ELF header cannot be read".formatted(header));
    }

    @Test
    void saysThatAnObjectIsBigEndian() {
        Path object = compiled("no-programs", "-target", "bpfeb");
        assertThat(inspecting(object).message())
                .isEqualTo("open %s: it is big-endian BPF, and this machine is little-endian", object);
    }

    @Test
    void saysThatAnObjectHasNoPrograms() {
        Path object = compiled("no-programs");
        assertThat(inspecting(object).message()).isEqualTo("open %s: it holds no BPF program", object);
    }

    @Test
    void saysThatAnObjectIsTooOld() {
        Path object = compiled("legacy-maps");
        assertThat(inspecting(object).message())
                .isEqualTo(
                        "open %s: it declares maps in the section \"maps\", which libbpf 1.0 no longer reads", object);
        assertThat(inspecting(object).remedy()).isEqualTo("Declare the maps with BTF, in SEC(\".maps\").");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path missing = directory.resolve("missing.o");
        assertThat(inspecting(missing).message()).isEqualTo("read %s: ENOENT", missing);
        assertThat(inspecting(directory).message()).isEqualTo("read %s: EISDIR", directory);
        assertThat(inspecting(Path.of("/dev/null")).message()).isEqualTo("read /dev/null: it is not a regular file");
        Path huge = directory.resolve("huge.o");
        try (var channel = FileChannel.open(huge, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 65L << 20);
        }
        assertThat(inspecting(huge).message())
                .isEqualTo("open %s: it, or what it unpacks to, is larger than 64 MiB", huge);
    }

    @Test
    void namesTheFunctionsThatThereAre() {
        ObjectRefusal refusal = refused(helper.load(one(firewall, "no_such")));
        assertThat(refusal.reason()).isEqualTo(Reason.NoSuchFunction);
        assertThat(refusal.message())
                .isEqualTo(
                        "load %s: it has no program called no_such; it has egress, writes_blocked, updates_blocked, reads_through_null, either_way, monitor, a_kprobe, connect4",
                        firewall);
    }

    @Test
    void namesTheMapsThatThereAre() {
        assertThat(refused(helper.load(one(firewall, "egress", fresh("no_such"))))
                        .message())
                .startsWith(
                        "load %s: it has no map called no_such; it has counters, pinned_by_name, events, blocked, .rodata, .data, .bss"
                                .formatted(firewall));
    }

    @Test
    void showsWhatTheVerifierSays() throws IOException {
        ObjectRefusal refusal = refused(helper.load(one(firewall, "reads_through_null", fresh("blocked"))));
        assertThat(refusal.reason()).isEqualTo(Reason.VerifierRefusal);
        assertThat(refusal.message())
                .startsWith("load reads_through_null of %s: the verifier refuses it (EACCES)\n".formatted(firewall))
                .contains("\n  error: R0 invalid mem access 'map_value_or_null'\n")
                .contains("\n  source: return *value > 0;")
                .contains("\n  the log ends:\n")
                .containsPattern("\n  instructions processed: \\d+\n")
                .contains("\n  full log: " + refusal.log().orElseThrow());
        assertThat(Files.readString(refusal.log().orElseThrow())).contains("invalid mem access");
    }

    @Test
    void namesTheDeclaredMapThatAProgramWrites() {
        ObjectRefusal refusal =
                refused(helper.load(one(firewall, "writes_blocked", fresh("blocked", Objects.RDONLY_PROG))));
        assertThat(refusal.reason()).isEqualTo(Reason.WritesReadOnlyMap);
        assertThat(refusal.message())
                .startsWith("load writes_blocked of %s: it writes map blocked, whose contents the chain declares\n"
                        .formatted(firewall))
                .contains("error: write into map forbidden");
        assertThat(refusal.remedy()).isEqualTo("Set writtenByProgram: true for the map, or declare no entries for it.");
    }

    @Test
    void namesTheDeclaredMapThatAProgramUpdatesByAHelper() {
        ObjectRefusal refusal =
                refused(helper.load(one(firewall, "updates_blocked", fresh("blocked", Objects.RDONLY_PROG))));
        assertThat(refusal.reason()).isEqualTo(Reason.WritesReadOnlyMap);
        assertThat(refusal.message())
                .startsWith("load updates_blocked of %s: it writes map blocked, whose contents the chain declares\n"
                        .formatted(firewall));
    }

    @Test
    void acceptsAProgramThatOnlyReadsADeclaredMap() throws IOException {
        loaded(helper.load(
                one(firewall, "egress", fresh("blocked", Objects.RDONLY_PROG), fresh("counters"), fresh(".rodata"))));
        PinDirectories.remove(bpffs.directory().resolve("one"));
    }

    @Test
    void saysThatALicenseIsMissing() {
        Path bad = compiled("bad");
        ObjectRefusal refusal = refused(helper.load(one(bad, "needs_gpl", fresh(".rodata"))));
        assertThat(refusal.reason()).isEqualTo(Reason.License);
        assertThat(refusal.message())
                .startsWith(
                        "load needs_gpl of %s: cannot call GPL-restricted function from non-GPL compatible program; the object's license is \"Proprietary\""
                                .formatted(bad));
    }

    @Test
    void estimatesTheMemoryOfMapsThatDoNotFit() {
        Path bad = compiled("bad");
        ObjectRefusal refusal = refused(helper.load(one(bad, "needs_memory", fresh("enormous"))));
        assertThat(refusal.reason()).isEqualTo(Reason.OutOfMemory);
        assertThat(refusal.message())
                .isEqualTo(
                        "load %s: create map enormous: ENOMEM: not enough memory for its maps\n  map enormous: about 8,796,093,018,112 bytes",
                        bad);
    }

    @Test
    void saysThatTheKernelHasNoBtf() throws IOException {
        Path bad = compiled("bad");
        ObjectHelper without = through(
                "exec unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec %s'".formatted(executable()));
        ObjectRefusal refusal = refused(without.load(one(bad, "needs_kernel_btf")));
        assertThat(refusal.reason()).isEqualTo(Reason.MissingBtf);
        assertThat(refusal.message())
                .startsWith("load %s: it has CO-RE relocations, and this kernel has no BTF (/sys/kernel/btf/vmlinux)"
                        .formatted(bad));
        loaded(helper.load(one(bad, "needs_kernel_btf")));
        PinDirectories.remove(bpffs.directory().resolve("one"));
    }

    @Test
    void saysThatPrivilegesAreMissing() throws IOException {
        ObjectHelper powerless =
                through("exec setpriv --inh-caps=-all --bounding-set=-all,+dac_override " + executable());
        ObjectRefusal refusal = refused(powerless.load(one(firewall, "connect4")));
        assertThat(refusal.reason()).isEqualTo(Reason.NotPermitted);
        assertThat(refusal.message()).startsWith("load %s: EPERM".formatted(firewall));
        ObjectHelper withoutNetworks =
                through("exec setpriv --inh-caps=-all --bounding-set=-all,+bpf,+dac_override " + executable());
        LoadRequest connect =
                request(firewall, bpffs, "one", List.of(load("connect4", AttachType.CGROUP_INET4_CONNECT)), List.of());
        assertThat(refused(withoutNetworks.load(connect)).message())
                .startsWith("load %s: EPERM".formatted(firewall))
                .contains("prog 'connect4': BPF program load failed: Operation not permitted");
    }

    @Test
    void refusesAValueOfAnotherSize() {
        assertThat(refused(helper.load(one(
                                firewall,
                                "egress",
                                fresh("blocked"),
                                fresh("counters"),
                                filled(".rodata", new byte[3]))))
                        .message())
                .isEqualTo("load %s: the initial value of .rodata has another size than the section", firewall);
    }

    @Test
    void refusesToReuseWhatIsNotThere() {
        assertThat(refused(helper.load(one(
                                firewall,
                                "reads_through_null",
                                reused("counters", bpffs.directory().resolve("gone")))))
                        .message())
                .isEqualTo("load %s: map counters cannot take over the live map: ENOENT", firewall);
    }

    @Test
    void refusesToFillALiveProgramArray() {
        Path object = compiled("tail-call");
        assertThat(refused(helper.load(one(
                                object, "jump", reused("next", bpffs.directory().resolve("any")), fresh("denied"))))
                        .message())
                .isEqualTo(
                        "load %s: map next is filled by the object itself, which would change the live map before the switch",
                        object);
    }

    @Test
    void refusesPlacesWhereNothingCanBePinned() {
        LoadRequest outside = new LoadRequest(
                firewall,
                directory.resolve("one"),
                directory,
                List.of(load("connect4", AttachType.CGROUP_INET4_CONNECT)),
                List.of());
        assertThat(refused(helper.load(outside)).message())
                .isEqualTo("pin at %s/%%new-one/id_prog_connect4: EPERM", directory);
        assertThat(directory.resolve("%new-one")).doesNotExist();
        LoadRequest nowhere = new LoadRequest(
                firewall,
                bpffs.directory().resolve("none/one"),
                directory,
                List.of(load("connect4", AttachType.CGROUP_INET4_CONNECT)),
                List.of());
        assertThat(refused(helper.load(nowhere)).message())
                .isEqualTo("pin at %s/none/%%new-one: ENOENT", bpffs.directory());
    }

    @Test
    void refusesAnInstanceThatExists() throws IOException {
        loaded(helper.load(one(firewall, "monitor", fresh("events"))));
        assertThat(refused(helper.load(one(firewall, "monitor", fresh("events"))))
                        .message())
                .isEqualTo("load %s: the pin directory %s/one exists already", firewall, bpffs.directory());
        PinDirectories.remove(bpffs.directory().resolve("one"));
    }

    @Test
    void killsAHelperThatTakesTooLongAndRemovesWhatItLeft() throws IOException {
        through("mkdir %s/%%new-one; exec sleep 1000".formatted(bpffs.directory()));
        ObjectHelper hanging = new ObjectHelper(directory.resolve("helper.sh"), LONG, Duration.ofMillis(700));
        ObjectRefusal refusal = refused(hanging.load(one(firewall, "monitor", fresh("events"))));
        assertThat(refusal.reason()).isEqualTo(Reason.HelperTimedOut);
        assertThat(refusal.message()).isEqualTo("load %s: not done after 700 ms", firewall);
    }

    @Test
    void killsAHelperInTheMidstOfVerification() {
        ObjectHelper hasty = new ObjectHelper(executable(), LONG, Duration.ofMillis(150));
        ObjectRefusal refusal = refused(hasty.load(one(compiled("bad"), "takes_long")));
        assertThat(refusal.reason()).isEqualTo(Reason.HelperTimedOut);
    }

    @Test
    void saysThatTheHelperIsNotThere() {
        ObjectHelper missing = new ObjectHelper(directory.resolve("missing"), LONG, LONG);
        assertThat(refused(missing.inspect(firewall)).message())
                .startsWith("open %s: the helper process failed: it does not start:".formatted(firewall));
    }

    @Test
    void doesNotBelieveAHelperThatTalksNonsense() throws IOException {
        ObjectRefusal refusal = refused(through("cat; echo nonsense").load(one(firewall, "monitor", fresh("events"))));
        assertThat(refusal.reason()).isEqualTo(Reason.NotAnObject);
        assertThat(refusal.message())
                .startsWith("load %s: what the helper process found in it makes no sense:".formatted(firewall));
    }
}
