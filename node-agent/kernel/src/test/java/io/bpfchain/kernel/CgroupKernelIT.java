package io.bpfchain.kernel;

import static io.bpfchain.planner.AttachType.CGROUP_INET_EGRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Kernel.Observation;
import io.bpfchain.planner.Kernel.Outcome;
import io.bpfchain.planner.Kernel.Place;
import io.bpfchain.planner.Kernel.ReadBack;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.ObservedHook.Above;
import io.bpfchain.planner.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The planner's port on the real kernel. */
@Tag("kernel")
class CgroupKernelIT {
    private static final OptionalLong NO_REVISION = OptionalLong.empty();

    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();
    private final TestBpffs mount = TestBpffs.mount();
    private final Bpffs bpffs = new Bpffs(mount.directory());
    private final TestCgroup cgroup = TestCgroup.create();
    private final CgroupKernel kernel = new CgroupKernel(TestCgroup.mount(), bpffs);
    private final Hook hook = new Hook(cgroup.cgroup(), CGROUP_INET_EGRESS);
    private final List<Fd> foreign = new ArrayList<>();
    private EntryId a = new EntryId(0);
    private EntryId b = new EntryId(0);
    private EntryId c = new EntryId(0);

    @BeforeEach
    void load() throws IOException {
        a = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "first", "a1");
        b = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "second", "b1");
        c = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "first", "c1");
        assertThat(kernel.rescan().broken()).isEmpty();
    }

    @AfterEach
    void leavesNoDescriptorBehind() {
        kernel.close();
        foreign.forEach(Fd::close);
        cgroup.close();
        mount.close();
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void replacesInPlace() {
        attach(a, b);

        assertThat(kernel.replace(hook, a, c, NO_REVISION)).isEqualTo(new Outcome.Done());

        assertThat(ids()).containsExactly(c, b);
    }

    /** The same calls one by one: what {@link Kernel#replaceAll} means. */
    private static final class OneByOne implements Kernel {
        private final Kernel kernel;

        private OneByOne(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public Observation observe(Hook at) {
            return kernel.observe(at);
        }

        @Override
        public ReadBack readBack(Hook at) {
            return kernel.readBack(at);
        }

        @Override
        public Outcome attach(Hook at, EntryId program, Place place, OptionalLong revision) {
            return kernel.attach(at, program, place, revision);
        }

        @Override
        public Outcome replace(Hook at, EntryId old, EntryId by, OptionalLong revision) {
            return kernel.replace(at, old, by, revision);
        }

        @Override
        public Outcome detach(Hook at, EntryId program, OptionalLong revision) {
            return kernel.detach(at, program, revision);
        }
    }

    enum Way {
        TOGETHER,
        ONE_BY_ONE
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void replacesAtManyHooksAndLeavesTheSurprisingOnesAlone(Way way) throws BpfException {
        EntryId d = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "second", "d1");
        assertThatCode(kernel::rescan).doesNotThrowAnyException();
        List<Hook> hooks = new ArrayList<>();
        for (String name : List.of("first", "other", "removed", "last")) {
            hooks.add(new Hook(cgroup.child(name).cgroup(), CGROUP_INET_EGRESS));
            attachTo(hooks.getLast(), a, b);
        }
        attachForeign(cgroup.child("other"), "stranger");
        cgroup.child("removed").close();
        Kernel.Replacements replacements = new Kernel.Replacements(
                List.of(new Kernel.Replacement(a, c), new Kernel.Replacement(b, d)),
                List.of(List.of(a, b), List.of(c, b), List.of(c, d)));

        List<Kernel.Replaced> replaced =
                (way == Way.TOGETHER ? kernel : new OneByOne(kernel)).replaceAll(hooks, replacements);

        assertThat(replaced.get(0)).isEqualTo(Kernel.Replaced.all(2));
        assertThat(replaced.get(1)).isEqualTo(Kernel.Replaced.surprised(0));
        assertThat(replaced.get(2).made()).isZero();
        assertThat(replaced.get(2).error())
                .hasValueSatisfying(e -> assertThat(e.name()).isIn("ENOENT", "ENODEV"));
        assertThat(replaced.get(3)).isEqualTo(Kernel.Replaced.all(2));
        assertThat(ids(hooks.get(0))).containsExactly(c, d);
        assertThat(ids(hooks.get(1))).startsWith(a, b).hasSize(3);
        assertThat(ids(hooks.get(3))).containsExactly(c, d);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aRefusedReplacementEndsItsHookWhereItStands(Way way) {
        attach(a, b);
        Kernel.Replacements wrong = new Kernel.Replacements(
                List.of(new Kernel.Replacement(a, c), new Kernel.Replacement(a, c)),
                List.of(List.of(a, b), List.of(c, b), List.of(c, b)));

        Kernel.Replaced replaced = (way == Way.TOGETHER ? kernel : new OneByOne(kernel))
                .replaceAll(List.of(hook), wrong)
                .getFirst();

        assertThat(replaced.whole()).isFalse();
        assertThat(replaced.made()).isOne();
        assertThat(replaced.error())
                .hasValueSatisfying(e -> assertThat(e.name()).isIn("EINVAL", "ENOENT"));
        assertThat(ids()).containsExactly(c, b);
    }

    @Test
    void seesManyHooksAsItSeesEach() throws BpfException {
        List<Hook> hooks = new ArrayList<>(List.of(hook));
        attach(a);
        for (int i = 0; i < 300; i++) {
            Hook each = new Hook(cgroup.child("c" + i).cgroup(), CGROUP_INET_EGRESS);
            hooks.add(each);
            if (i % 3 > 0) {
                attachTo(each, i % 3 == 1 ? a : b, c);
            }
        }
        attachForeign(cgroup.child("c7"), "stranger");
        cgroup.child("c11").close();

        assertThat(kernel.observeAll(hooks))
                .isEqualTo(hooks.stream().map(kernel::observe).toList())
                .anyMatch(Observation.Failed.class::isInstance);
        assertThat(kernel.readBackAll(hooks))
                .isEqualTo(hooks.stream().map(kernel::readBack).toList());
    }

    @Test
    void tellsWhoseTheEntriesAre() throws BpfException {
        EntryId stranger = attachForeign("stranger");
        attach(a);

        assertThat(observe().entries())
                .containsExactly(
                        new Entry(stranger, "stranger", Holder.PROGRAM, new Owner.Foreign()),
                        new Entry(
                                a,
                                "allow",
                                Holder.PROGRAM,
                                new Owner.Ours(
                                        new EntryKey("chain", "first"),
                                        new io.bpfchain.planner.Version("sha256:v-a1"),
                                        "a1")));
    }

    @Test
    void tellsEntriesThatLinksHold() throws BpfException {
        attach(a);
        try (Fd directory = directory(cgroup);
                Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "linked");
                Fd link = Links.create(program, directory, CGROUP_INET_EGRESS)) {
            assertThat(link.isOpen()).isTrue();
            assertThat(observe().entries()).extracting(Entry::holder).containsExactly(Holder.PROGRAM, Holder.LINK);
        }
        assertThat(observe().entries()).extracting(Entry::holder).containsExactly(Holder.PROGRAM);
    }

    @Test
    void aDetachedLinkHoldsNothing() throws BpfException {
        try (Fd directory = directory(cgroup);
                Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "linked");
                Fd link = Links.create(program, directory, CGROUP_INET_EGRESS)) {
            Links links = new Links();
            links.findNew();
            List<LinkInfo> before = links.at(hook.cgroup().id(), CGROUP_INET_EGRESS);
            assertThat(before).hasSize(1);
            Commands.run(
                    "bpftool",
                    "link",
                    "detach",
                    "id",
                    Integer.toString(before.getFirst().id()));
            assertThat(link.isOpen()).isTrue();
            assertThat(links.at(hook.cgroup().id(), CGROUP_INET_EGRESS)).isEmpty();
        }
    }

    @Test
    void findsOursWhosePinsAreLost() throws IOException {
        attach(a);
        bpffs.remove("a1");
        kernel.close();
        kernel.rescan();

        assertThat(observe().entries()).allMatch(Entry::ours);
        assertThat(kernel.replace(hook, a, c, NO_REVISION)).isEqualTo(new Outcome.Done());
        assertThat(ids()).containsExactly(c);
    }

    @Test
    void putsBeforeAndAfterAnAnchorWithTheExpectedRevision() {
        assumeTrue(
                KernelFeatures.probePositions().usable(), "missing: positions (BPF_F_BEFORE, BPF_F_AFTER, revisions)");
        attach(a, b);
        long revision = readBack().revision().orElseThrow();
        kernel.detach(hook, b, NO_REVISION);

        assertThat(kernel.attach(hook, b, new Place.Before(a), OptionalLong.of(revision)))
                .isEqualTo(failed("BPF_PROG_ATTACH(BEFORE)", Errno.ESTALE));
        assertThat(kernel.attach(hook, b, new Place.Before(a), OptionalLong.of(revision + 1)))
                .isEqualTo(new Outcome.Done());
        assertThat(ids()).containsExactly(b, a);
        kernel.detach(hook, b, NO_REVISION);
        assertThat(kernel.attach(hook, b, new Place.After(a), NO_REVISION)).isEqualTo(new Outcome.Done());
        assertThat(ids()).containsExactly(a, b);
        assertThat(kernel.attach(hook, c, new Place.After(new EntryId(Integer.MAX_VALUE)), NO_REVISION))
                .isEqualTo(failed("BPF_PROG_ATTACH(AFTER)", Errno.ENOENT));
    }

    @Test
    void neverDetachesFromAnExclusiveList() throws BpfException {
        for (int flags : new int[] {0, Lists.ALLOW_OVERRIDE}) {
            try (Fd directory = directory(cgroup);
                    Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "exclusive")) {
                int result = Native.progAttach(
                        directory.number(), CGROUP_INET_EGRESS.code(), program.number(), flags, 0, 0, 0);
                assertThat(result).isZero();

                assertThat(kernel.detach(hook, a, NO_REVISION)).isEqualTo(failed("BPF_PROG_DETACH", Errno.EPERM));

                assertThat(ids()).containsExactly(TestPrograms.id(program));
                assertThat(observe().mode()).isEqualTo(Lists.mode(flags));
                Native.progDetach(directory.number(), CGROUP_INET_EGRESS.code(), program.number(), 0);
            }
        }
    }

    @Test
    void neverTouchesForeignPrograms() throws BpfException {
        EntryId stranger = attachForeign("stranger");

        assertThatThrownBy(() -> kernel.detach(hook, stranger, NO_REVISION))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernel.replace(hook, stranger, a, NO_REVISION))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(ids()).containsExactly(stranger);
    }

    @Test
    void namesTheNearestAncestorWithPrograms() throws BpfException {
        TestCgroup child = cgroup.child("x/y");
        Hook below = new Hook(child.cgroup(), CGROUP_INET_EGRESS);
        assertThat(observe(below).above()).isEqualTo(new Above.Nothing());
        attach(a);

        assertThat(observe(below).above()).isInstanceOfSatisfying(Above.List.class, above -> {
            assertThat(above.cgroupPath()).isEqualTo(cgroup.path());
            assertThat(above.mode()).isEqualTo(ListMode.MULTI);
            assertThat(above.entries()).extracting(Entry::id).containsExactly(a);
        });
        kernel.attach(below, b, new Place.Tail(), NO_REVISION);
        assertThat(observe(below).above()).isInstanceOf(Above.List.class);
        kernel.detach(hook, a, NO_REVISION);
        assertThat(observe(below).above()).isEqualTo(new Above.Nothing());
    }

    @Test
    void doesNotKnowWhatIsAboveItsRoot() throws IOException {
        TestCgroup child = cgroup.child("x");
        try (CgroupKernel narrow = new CgroupKernel(cgroup.directory(), bpffs)) {
            narrow.rescan();
            Hook below = new Hook(new Cgroup(child.cgroup().id(), "/x"), CGROUP_INET_EGRESS);
            assertThat(observe(narrow, below).above()).isEqualTo(new Above.Nothing());
            assertThat(narrow.attach(below, a, new Place.Tail(), NO_REVISION)).isEqualTo(new Outcome.Done());

            assertThat(observe(narrow, below).above())
                    .isEqualTo(new Above.Unknown(
                            "the cgroups above " + cgroup.directory() + " are not visible from here"));
        }
    }

    @Test
    void doesNotTakeACgroupThatWasMadeAgainForTheOldOne() {
        TestCgroup child = cgroup.child("x");
        Hook old = new Hook(child.cgroup(), CGROUP_INET_EGRESS);
        assertThat(kernel.attach(old, a, new Place.Tail(), NO_REVISION)).isEqualTo(new Outcome.Done());
        child.close();
        assertThat(kernel.readBack(old))
                .isEqualTo(new ReadBack.Failed(
                        new io.bpfchain.planner.Kernel.KernelError("BPF_PROG_QUERY", Errno.ENOENT, "ENOENT")));
        assertThat(kernel.replace(old, a, c, NO_REVISION)).isInstanceOf(Outcome.Failed.class);

        Hook made = new Hook(cgroup.child("x").cgroup(), CGROUP_INET_EGRESS);

        assertThat(kernel.attach(made, a, new Place.Tail(), NO_REVISION)).isEqualTo(new Outcome.Done());
        assertThat(kernel.readBack(old))
                .isEqualTo(new ReadBack.Failed(
                        new io.bpfchain.planner.Kernel.KernelError("open", Errno.ENOENT, "ENOENT")));
        assertThat(kernel.readBack(made)).isInstanceOf(ReadBack.Seen.class);
    }

    /** expand_fdtable() waits for an RCU grace period each time; FDSize is how long the table is. */
    @Test
    void growsTheTableOfDescriptorsOnceForManyCgroups() throws IOException {
        assumeTrue(tableOfDescriptors() <= 1024, "the table of descriptors of this process is long already");
        for (int i = 0; i < 15; i++) {
            kernel.readBack(new Hook(cgroup.child("c" + i).cgroup(), CGROUP_INET_EGRESS));
        }
        assertThat(tableOfDescriptors()).isLessThanOrEqualTo(1024);

        kernel.readBack(hook);

        assertThat(tableOfDescriptors()).isGreaterThan(1024);
    }

    private static int tableOfDescriptors() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("FDSize:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring("FDSize:".length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsOfTheSameProgramsAnewOncePinsWereRead() throws IOException {
        attach(a, b);
        Hook same = new Hook(cgroup.child("same").cgroup(), CGROUP_INET_EGRESS);
        for (EntryId id : List.of(a, b)) {
            kernel.attach(same, id, new Place.Tail(), NO_REVISION);
        }
        assertThat(observe(same).entries()).isEqualTo(observe().entries()).allMatch(Entry::ours);

        Identity identity = kernel.identity(a).orElseThrow();
        assertThat(observe(same).entries().getFirst().owner())
                .isEqualTo(new Owner.Ours(identity.key(), identity.version(), identity.instance()));
        kernel.replace(same, b, c, NO_REVISION);

        assertThat(observe(same).entries()).extracting(Entry::id).containsExactly(a, c);
        assertThat(observe().entries()).extracting(Entry::id).containsExactly(a, b);
    }

    private void attach(EntryId... programs) {
        attachTo(hook, programs);
    }

    private void attachTo(Hook to, EntryId... programs) {
        for (EntryId program : programs) {
            assertThat(kernel.attach(to, program, new Place.Tail(), NO_REVISION))
                    .isEqualTo(new Outcome.Done());
        }
    }

    private EntryId attachForeign(String name) throws BpfException {
        return attachForeign(cgroup, name);
    }

    private EntryId attachForeign(TestCgroup to, String name) throws BpfException {
        Fd program = TestPrograms.load(CGROUP_INET_EGRESS, name);
        foreign.add(program);
        try (Fd directory = directory(to)) {
            BpfException.check(
                    "BPF_PROG_ATTACH",
                    name,
                    Native.progAttach(
                            directory.number(),
                            CGROUP_INET_EGRESS.code(),
                            program.number(),
                            Lists.ALLOW_MULTI,
                            0,
                            0,
                            0));
        }
        return TestPrograms.id(program);
    }

    private static Fd directory(TestCgroup cgroup) throws BpfException {
        return Fd.check("open", cgroup.path(), Native.openDirectory(Native.path(cgroup.directory())));
    }

    private ReadBack.Seen readBack() {
        return (ReadBack.Seen) kernel.readBack(hook);
    }

    private List<EntryId> ids() {
        return readBack().ids();
    }

    private List<EntryId> ids(Hook at) {
        return ((ReadBack.Seen) kernel.readBack(at)).ids();
    }

    private ObservedHook observe() {
        return observe(hook);
    }

    private ObservedHook observe(Hook at) {
        return observe(kernel, at);
    }

    private static ObservedHook observe(CgroupKernel kernel, Hook at) {
        return ((Observation.Seen) kernel.observe(at)).hook();
    }

    private static Outcome failed(String call, int errno) {
        return new Outcome.Failed(new io.bpfchain.planner.Kernel.KernelError(call, errno, Errno.name(errno)));
    }
}
