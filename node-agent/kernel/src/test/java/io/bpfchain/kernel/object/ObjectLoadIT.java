package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static io.bpfchain.kernel.object.Objects.filled;
import static io.bpfchain.kernel.object.Objects.fresh;
import static io.bpfchain.kernel.object.Objects.load;
import static io.bpfchain.kernel.object.Objects.loaded;
import static io.bpfchain.kernel.object.Objects.names;
import static io.bpfchain.kernel.object.Objects.request;
import static io.bpfchain.kernel.object.Objects.reused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.Pins;
import io.bpfchain.kernel.ProgramInfo;
import io.bpfchain.kernel.Programs;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.planner.AttachType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class ObjectLoadIT {
    private static final byte[] ZERO = new byte[4];

    private final ObjectHelper helper = new ObjectHelper();
    private final Path firewall = compiled("firewall");
    private final TestBpffs bpffs = TestBpffs.mount();

    @AfterEach
    void unmount() {
        bpffs.close();
    }

    private LoadRequest egress(String instance) {
        return request(
                firewall,
                bpffs,
                instance,
                List.of(load("egress", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh("counters"), fresh("blocked"), fresh(".rodata")));
    }

    @Test
    void pinsProgramsIdentitiesAndMapsUnderTheFinalName() throws Exception {
        LoadOutcome.Loaded loaded = loaded(helper.load(egress("one")));
        assertThat(names(bpffs.directory())).containsExactly("one");
        Path one = bpffs.directory().resolve("one");
        assertThat(names(one))
                .containsExactly("id_prog_egress", "map_-rodata", "map_blocked", "map_counters", "prog_egress");
        try (Fd program = Pins.open(one.resolve("prog_egress"));
                MapHandle identity = MapHandle.open(one.resolve("id_prog_egress"))) {
            ProgramInfo info = Programs.info(program);
            assertThat(info.id().programId()).isEqualTo(loaded.programIds().get("egress"));
            assertThat(info.mapIds())
                    .contains(identity.info().id())
                    .containsAll(loaded.mapIds().values());
            assertThat(identity.info().name()).isEqualTo("bpfchain_id");
            assertThat(identity.lookup(ZERO)).contains("identity of egress".getBytes(StandardCharsets.UTF_8));
            assertThat(frozen(identity)).isTrue();
        }
    }

    private static boolean frozen(MapHandle map) {
        try {
            map.update(ZERO, new byte[map.info().valueSize()], 0);
            return false;
        } catch (BpfException e) {
            return e.errno() == Errno.EPERM;
        }
    }

    @Test
    void overridesTheBytesOfAGlobalsSection() throws Exception {
        LoadRequest request = request(
                firewall,
                bpffs,
                "one",
                List.of(load("egress", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh("counters"), fresh("blocked"), filled(".rodata", new byte[] {80, 0})));
        loaded(helper.load(request));
        try (MapHandle rodata = MapHandle.open(request.pinDirectory().resolve("map_-rodata"))) {
            assertThat(rodata.lookup(ZERO)).contains(new byte[] {80, 0});
            assertThat(frozen(rodata)).isTrue();
        }
    }

    @Test
    void leavesTheHelperTheSystemCallsOfALargeObject() {
        loaded(helper.load(request(
                compiled("many-references"),
                bpffs,
                "one",
                List.of(load("counts_often", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh("counters"), fresh(".kconfig")))));
    }

    @Test
    void leavesTheHelperTheConfigurationOfTheKernel() {
        boolean readable = Stream.of("/proc/config.gz", "/boot/config-" + System.getProperty("os.version"))
                .anyMatch(f -> Files.isReadable(Path.of(f)));
        assumeTrue(readable, "the kernel's configuration is neither in /proc/config.gz nor in /boot");
        loaded(helper.load(request(
                compiled("kernel-config"),
                bpffs,
                "one",
                List.of(load("knows_the_clock", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh(".kconfig")))));
    }

    @Test
    void takesOverALiveMap() throws Exception {
        loaded(helper.load(egress("one")));
        Path counters = bpffs.directory().resolve("one/map_counters");
        byte[] five = {5, 0, 0, 0, 0, 0, 0, 0};
        int id;
        try (MapHandle map = MapHandle.open(counters)) {
            map.update(ZERO, five, 0);
            id = map.info().id();
        }
        LoadOutcome.Loaded second = loaded(helper.load(request(
                firewall,
                bpffs,
                "two",
                List.of(load("egress", AttachType.CGROUP_INET_EGRESS)),
                List.of(reused("counters", counters), fresh("blocked"), fresh(".rodata")))));
        assertThat(second.mapIds()).containsEntry("counters", id);
        PinDirectories.remove(bpffs.directory().resolve("one"));
        try (MapHandle map = MapHandle.open(bpffs.directory().resolve("two/map_counters"))) {
            assertThat(map.lookup(ZERO)).contains(five);
        }
    }

    @Test
    void forcesTheTypesOfTheChain() {
        loaded(helper.load(request(
                firewall,
                bpffs,
                "one",
                List.of(load("either_way", AttachType.CGROUP_INET_INGRESS)),
                List.of(fresh("pinned_by_name"), fresh(".bss"), fresh(".data")))));
        loaded(helper.load(request(
                firewall,
                bpffs,
                "two",
                List.of(load("monitor", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh("events")))));
    }

    @Test
    void pinningByNameNeitherTakesOverNorLeavesAMap() {
        LoadOutcome.Loaded one = loaded(helper.load(eitherWay("one")));
        LoadOutcome.Loaded two = loaded(helper.load(eitherWay("two")));
        assertThat(two.mapIds().get("pinned_by_name")).isNotEqualTo(one.mapIds().get("pinned_by_name"));
        assertThat(Path.of("/sys/fs/bpf/pinned_by_name")).doesNotExist();
    }

    private LoadRequest eitherWay(String instance) {
        return request(
                firewall,
                bpffs,
                instance,
                List.of(load("either_way", AttachType.CGROUP_INET_EGRESS)),
                List.of(fresh("pinned_by_name"), fresh(".bss"), fresh(".data")));
    }

    @Test
    void leavesNoDescriptorOpen() {
        loaded(helper.load(egress("one")));
        int before = names(Path.of("/proc/self/fd")).size();
        for (int i = 0; i < 10; i++) {
            loaded(helper.load(egress("again" + i)));
            helper.inspect(firewall);
            helper.inspect(Path.of("/nowhere"));
        }
        assertThat(names(Path.of("/proc/self/fd"))).hasSizeLessThanOrEqualTo(before);
    }
}
