package io.bpfchain.kernel;

import static io.bpfchain.planner.AttachType.CGROUP_INET4_CONNECT;
import static io.bpfchain.planner.AttachType.CGROUP_INET6_CONNECT;
import static io.bpfchain.planner.AttachType.CGROUP_INET_EGRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.ListMode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What BPF_F_REPLACE answers, case by case: the rules that planner and executor stand on. */
@Tag("kernel")
class ReplaceIT {
    private static final AttachType TYPE = CGROUP_INET_EGRESS;
    private static final int BAD_FD = 100_000;

    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();
    private final List<Fd> open = new ArrayList<>();
    private final TestCgroup cgroup = TestCgroup.create();
    private final int target = directory(cgroup.directory());
    private final Lists lists = new Lists();
    private final int old = load(TYPE);
    private final int by = load(TYPE);

    @AfterEach
    void leavesNoDescriptorBehind() {
        open.forEach(Fd::close);
        cgroup.close();
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void swapsTheProgramAndKeepsItsPlace() {
        int before = load(TYPE);
        int after = load(TYPE);
        attach(before, old, after);

        assertThat(replace(old, by)).isZero();

        assertThat(list()).containsExactly(id(before), id(by), id(after));
        assertThat(lists.mode()).isEqualTo(ListMode.MULTI);
    }

    @Test
    void refusesOtherFlagsThanMultiAndReplace() {
        attach(old);

        assertThat(raw(Lists.REPLACE, by, old)).isEqualTo(-Errno.EINVAL);
        assertThat(raw(Lists.REPLACE | Lists.ALLOW_OVERRIDE, by, old)).isEqualTo(-Errno.EINVAL);
        assertThat(raw(Lists.REPLACE | Lists.ALLOW_MULTI | Lists.BEFORE, by, old))
                .isEqualTo(-Errno.EINVAL);
        assertThat(raw(Lists.REPLACE | Lists.ALLOW_MULTI | Lists.AFTER, by, old))
                .isEqualTo(-Errno.EINVAL);
        assertThat(list()).containsExactly(id(old));
    }

    @Test
    void appendsSilentlyWithoutTheFlag() {
        attach(old);

        assertThat(raw(Lists.ALLOW_MULTI, by, old)).isZero();

        assertThat(list()).containsExactly(id(old), id(by));
    }

    @Test
    void refusesADescriptorThatIsNotOpen() {
        attach(old);

        assertThat(replace(-1, by)).isEqualTo(-Errno.EBADF);
        assertThat(replace(BAD_FD, by)).isEqualTo(-Errno.EBADF);
        assertThat(replace(old, BAD_FD)).isEqualTo(-Errno.EBADF);
        assertThat(lists.replace(-1, TYPE, old, by, 0)).isEqualTo(-Errno.EBADF);
        assertThat(list()).containsExactly(id(old));
    }

    @Test
    void refusesADirectoryThatIsNoCgroup() {
        assertThat(lists.replace(directory(Path.of("/tmp")), TYPE, old, by, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void refusesAnotherProgramType() {
        attach(old);
        int other = load(CGROUP_INET4_CONNECT);

        assertThat(replace(other, by)).isEqualTo(-Errno.EINVAL);
        assertThat(replace(target, by)).isEqualTo(-Errno.EINVAL);
        assertThat(replace(old, other)).isEqualTo(-Errno.EINVAL);
        assertThat(list()).containsExactly(id(old));
    }

    @Test
    void refusesAnotherExpectedAttachType() {
        int connect4 = load(CGROUP_INET4_CONNECT);
        int connect6 = load(CGROUP_INET6_CONNECT);
        assertThat(lists.attach(target, CGROUP_INET4_CONNECT, connect4, 0, 0, 0))
                .isZero();

        assertThat(lists.replace(target, CGROUP_INET4_CONNECT, connect4, connect6, 0))
                .isEqualTo(-Errno.EINVAL);
    }

    @Test
    void saysThatTheCgroupIsGone() {
        attach(old);
        cgroup.close();

        assertThat(replace(old, by)).isEqualTo(-Errno.ENOENT);
        assertThat(lists.query(target, TYPE, 0)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void saysThatTheOldProgramIsNotInTheList() {
        attach(load(TYPE));

        assertThat(replace(old, by)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void doesNotFindAProgramThatOnlyALinkHolds() throws BpfException {
        try (Fd directory = openDirectory(cgroup.directory());
                Fd program = TestPrograms.load(TYPE, "linked");
                Fd link = Links.create(program, directory, TYPE)) {
            assertThat(replace(program.number(), by)).isEqualTo(-Errno.ENOENT);
            assertThat(list()).containsExactly(TestPrograms.id(program));
            assertThat(link.isOpen()).isTrue();
        }
    }

    @Test
    void refusesAProgramThatIsInTheListAlready() {
        attach(old, by);

        assertThat(replace(old, by)).isEqualTo(-Errno.EINVAL);
        assertThat(list()).containsExactly(id(old), id(by));
    }

    @Test
    void acceptsTheSameProgramAndCountsARevision() {
        assumePositions();
        attach(old);
        list();
        long revision = lists.revision().orElseThrow();

        assertThat(replace(old, old)).isZero();

        assertThat(list()).containsExactly(id(old));
        assertThat(lists.revision()).hasValue(revision + 1);
    }

    @Test
    void cannotReplaceInAFullList() {
        attach(old);
        for (int i = 1; i < 63; i++) {
            attach(load(TYPE));
        }
        assertThat(replace(old, by)).isZero();
        attach(old);

        assertThat(list()).hasSize(64);
        assertThat(replace(by, load(TYPE))).isEqualTo(-Errno.E2BIG);
        assertThat(lists.attach(target, TYPE, load(TYPE), 0, 0, 0)).isEqualTo(-Errno.E2BIG);
        assertThat(lists.detach(target, TYPE, old, 0)).isZero();
        assertThat(replace(by, load(TYPE))).isZero();
    }

    @Test
    void readsEffectiveListsThatAreLongerThanAnyLocalOne() {
        TestCgroup child = cgroup.child("x");
        int below = directory(child.directory());
        for (int i = 0; i < 40; i++) {
            attach(load(TYPE));
            assertThat(lists.attach(below, TYPE, load(TYPE), 0, 0, 0)).isZero();
        }

        assertThat(lists.query(below, TYPE, Native.EFFECTIVE)).isZero();

        assertThat(lists.ids()).hasSize(80).doesNotHaveDuplicates();
    }

    @Test
    void isNotPermittedInAnExclusiveList() {
        for (int flags : new int[] {0, Lists.ALLOW_OVERRIDE}) {
            assertThat(raw(flags, old, 0)).isZero();

            assertThat(replace(old, by)).isEqualTo(-Errno.EPERM);

            list();
            assertThat(lists.mode()).isEqualTo(Lists.mode(flags));
            assertThat(lists.detach(target, TYPE, old, 0)).isZero();
        }
    }

    @Test
    void isNotPermittedBelowAnExclusiveAncestor() {
        int below = directory(cgroup.child("x").directory());
        assertThat(lists.attach(below, TYPE, old, 0, 0, 0)).isZero();
        assertThat(raw(0, load(TYPE), 0)).isZero();

        assertThat(lists.replace(below, TYPE, old, by, 0)).isEqualTo(-Errno.EPERM);
        assertThat(lists.attach(below, TYPE, by, 0, 0, 0)).isEqualTo(-Errno.EPERM);
        assertThat(lists.detach(below, TYPE, old, 0)).isZero();
    }

    @Test
    void refusesAStaleRevision() {
        attach(old);
        list();
        long revision = lists.revision().orElse(1);

        int expected = KernelFeatures.probePositions().usable() ? -Errno.ESTALE : -Errno.EINVAL;
        assertThat(lists.replace(target, TYPE, old, by, revision + 7)).isEqualTo(expected);

        assertThat(list()).containsExactly(id(old));
    }

    @Test
    void letsOneOfTwoUpdatersWin() {
        attach(old);
        assertThat(replace(old, by)).isZero();

        assertThat(replace(old, load(TYPE))).isEqualTo(-Errno.ENOENT);

        assertThat(list()).containsExactly(id(by));
    }

    @Test
    void anchorsAProgramOnAProgramOnly() throws BpfException {
        assumePositions();
        try (Fd directory = openDirectory(cgroup.directory());
                Fd program = TestPrograms.load(TYPE, "linked");
                Fd link = Links.create(program, directory, TYPE)) {
            int anchor = TestPrograms.id(program).programId();
            assertThat(lists.attach(target, TYPE, by, Lists.BEFORE | Lists.ID, anchor, 0))
                    .isNegative();
            assertThat(list()).hasSize(1);
            assertThat(link.isOpen()).isTrue();
        }
    }

    private static void assumePositions() {
        assumeTrue(
                KernelFeatures.probePositions().usable(), "missing: positions (BPF_F_BEFORE, BPF_F_AFTER, revisions)");
    }

    private int raw(int flags, int program, int replaced) {
        return Native.progAttach(target, TYPE.code(), program, flags, replaced, 0, 0);
    }

    private int replace(int oldFd, int byFd) {
        return lists.replace(target, TYPE, oldFd, byFd, 0);
    }

    private void attach(int... programs) {
        for (int program : programs) {
            assertThat(lists.attach(target, TYPE, program, 0, 0, 0)).isZero();
        }
    }

    private List<EntryId> list() {
        assertThat(lists.query(target, TYPE, 0)).isZero();
        return lists.ids();
    }

    private EntryId id(int program) {
        return open.stream()
                .filter(fd -> fd.number() == program)
                .findFirst()
                .map(TestPrograms::id)
                .orElseThrow();
    }

    private int load(AttachType type) {
        Fd fd = TestPrograms.load(type, "test");
        open.add(fd);
        return fd.number();
    }

    private int directory(Path path) {
        try {
            Fd fd = openDirectory(path);
            open.add(fd);
            return fd.number();
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Fd openDirectory(Path path) throws BpfException {
        return Fd.check("open", path, Native.openDirectory(Native.path(path)));
    }
}
