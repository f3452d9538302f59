package io.bpfchain.planner.testing;

import static io.bpfchain.planner.testing.CgroupLists.Flag.AFTER;
import static io.bpfchain.planner.testing.CgroupLists.Flag.BEFORE;
import static io.bpfchain.planner.testing.CgroupLists.Flag.MULTI;
import static io.bpfchain.planner.testing.CgroupLists.Flag.OVERRIDE;
import static io.bpfchain.planner.testing.CgroupLists.Flag.PREORDER;
import static io.bpfchain.planner.testing.CgroupLists.Flag.REPLACE;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.testing.CgroupLists.Attach;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The model answers as real kernels were seen to answer. */
class CgroupListsTest {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    private final CgroupLists lists = new CgroupLists(true);

    @BeforeEach
    void makeCgroups() {
        lists.mkdir("/p");
        lists.mkdir("/p/c");
    }

    private Optional<Errno> attach(String path, int program, CgroupLists.Flag... flags) {
        return lists.attach(path, EGRESS, Attach.of(program, flags));
    }

    private Optional<Errno> replace(int old, int by) {
        return lists.attach("/p/c", EGRESS, Attach.of(by, MULTI, REPLACE).replacing(old));
    }

    private List<Integer> programs() {
        return lists.entries("/p/c", EGRESS).stream()
                .map(CgroupLists.Attachment::program)
                .toList();
    }

    @Test
    void multiAppendsAndReplaceKeepsTheSlot() {
        attach("/p/c", 1, MULTI);
        attach("/p/c", 2, MULTI);
        attach("/p/c", 3, MULTI);
        assertThat(replace(2, 4)).isEmpty();
        assertThat(programs()).containsExactly(1, 4, 3);
    }

    @Test
    void replaceRefusesAsTheKernelDoes() {
        attach("/p/c", 1, MULTI);
        attach("/p/c", 2, MULTI);
        lists.linkCreate("/p/c", EGRESS, 1, 5, false);
        assertThat(attach("/p/c", 9, REPLACE)).contains(Errno.EINVAL);
        assertThat(attach("/p/c", 9, REPLACE, OVERRIDE)).contains(Errno.EINVAL);
        assertThat(attach("/p/c", 9, MULTI, REPLACE)).contains(Errno.EBADF);
        assertThat(lists.attach(
                        "/p/c", EGRESS, Attach.of(9, MULTI, REPLACE, BEFORE).replacing(1)))
                .contains(Errno.EINVAL);
        assertThat(replace(7, 9)).as("not in the list").contains(Errno.ENOENT);
        assertThat(replace(5, 9)).as("held by a link").contains(Errno.ENOENT);
        assertThat(replace(1, 2)).as("already elsewhere").contains(Errno.EINVAL);
        assertThat(replace(1, 1)).as("by itself").isEmpty();
        lists.rmdir("/p/c");
        assertThat(replace(1, 9)).as("cgroup removed").contains(Errno.ENOENT);
    }

    @Test
    void replaceWithoutTheFlagAppends() {
        attach("/p/c", 1, MULTI);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(2, MULTI).replacing(1)))
                .isEmpty();
        assertThat(programs()).containsExactly(1, 2);
    }

    @Test
    void aListOf64TakesNothingAndReplacesNothing() {
        for (int i = 1; i <= CgroupLists.MAX_PROGS; i++) {
            assertThat(attach("/p/c", i, MULTI)).isEmpty();
        }
        assertThat(attach("/p/c", 65, MULTI)).contains(Errno.E2BIG);
        assertThat(replace(1, 65)).contains(Errno.E2BIG);
        assertThat(lists.detach("/p/c", EGRESS, OptionalInt.of(64), OptionalLong.empty()))
                .isEmpty();
        assertThat(replace(1, 65)).isEmpty();
    }

    @Test
    void theSameProgramTwiceIsRefusedUnlessALinkHoldsTheOther() {
        lists.linkCreate("/p/c", EGRESS, 1, 5, false);
        assertThat(attach("/p/c", 5, MULTI)).isEmpty();
        assertThat(attach("/p/c", 5, MULTI)).contains(Errno.EINVAL);
    }

    @Test
    void exclusiveModesExcludeAndDetachIgnoresTheProgram() {
        attach("/p/c", 1);
        assertThat(attach("/p/c", 2, MULTI)).contains(Errno.EPERM);
        assertThat(attach("/p/c", 3)).as("same mode replaces silently").isEmpty();
        assertThat(programs()).containsExactly(3);
        assertThat(lists.detach("/p/c", EGRESS, OptionalInt.of(99), OptionalLong.empty()))
                .isEmpty();
        assertThat(attach("/p/c", 2, MULTI))
                .as("an empty list has forgotten its mode")
                .isEmpty();
    }

    @Test
    void theNearestAncestorWithProgramsDecides() {
        attach("/p/c", 1, MULTI);
        attach("/p", 2);
        assertThat(attach("/p/c", 3, MULTI)).contains(Errno.EPERM);
        assertThat(replace(1, 3)).contains(Errno.EPERM);
        assertThat(lists.detach("/p/c", EGRESS, OptionalInt.of(1), OptionalLong.empty()))
                .isEmpty();
    }

    @Test
    void anOverridableAncestorIsHiddenByAListBelow() {
        attach("/p", 2, OVERRIDE);
        assertThat(lists.effective("/p/c", EGRESS)).containsExactly(2);
        assertThat(attach("/p/c", 1, MULTI)).isEmpty();
        assertThat(lists.effective("/p/c", EGRESS)).containsExactly(1);
    }

    @Test
    void ownProgramsRunBeforeTheParentsAndPreorderBeforeAllAncestorFirst() {
        attach("/p", 1, MULTI);
        attach("/p", 2, MULTI, PREORDER);
        attach("/p/c", 3, MULTI);
        attach("/p/c", 4, MULTI, PREORDER);
        assertThat(lists.effective("/p/c", EGRESS)).containsExactly(2, 4, 3, 1);
    }

    @Test
    void positionsNeedAnAnchorOfTheirOwnKind() {
        attach("/p/c", 1, MULTI);
        lists.linkCreate("/p/c", EGRESS, 1, 5, false);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(2, MULTI, BEFORE).at(1)))
                .isEmpty();
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(3, MULTI, AFTER).at(1)))
                .isEmpty();
        assertThat(attach("/p/c", 4, MULTI, BEFORE))
                .as("without an anchor: the head")
                .isEmpty();
        assertThat(programs()).containsExactly(4, 2, 1, 3, 5);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(9, MULTI, AFTER).at(5)))
                .contains(Errno.ENOENT);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(9, MULTI, AFTER).at(8)))
                .contains(Errno.ENOENT);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(9, MULTI).at(1))).contains(Errno.EINVAL);
        assertThat(lists.attach(
                        "/p/c", EGRESS, Attach.of(9, MULTI, AFTER, BEFORE).at(1)))
                .contains(Errno.EINVAL);
    }

    @Test
    void everyChangeRaisesTheRevisionAndAStaleOneIsRefused() {
        assertThat(lists.revision("/p/c", EGRESS)).isEqualTo(1);
        attach("/p/c", 1, MULTI);
        replace(1, 1);
        assertThat(lists.revision("/p/c", EGRESS)).isEqualTo(3);
        assertThat(lists.attach("/p/c", EGRESS, Attach.of(2, MULTI).expecting(OptionalLong.of(2))))
                .contains(Errno.ESTALE);
        assertThat(lists.detach("/p/c", EGRESS, OptionalInt.of(1), OptionalLong.of(2)))
                .contains(Errno.ESTALE);
        assertThat(lists.detach("/p/c", EGRESS, OptionalInt.of(1), OptionalLong.of(3)))
                .isEmpty();
    }

    @Test
    void anOldKernelKnowsNeitherPositionsNorRevisions() {
        CgroupLists old = new CgroupLists(false);
        old.mkdir("/p");
        assertThat(old.attach("/p", EGRESS, Attach.of(1, MULTI))).isEmpty();
        assertThat(old.attach("/p", EGRESS, Attach.of(2, MULTI, BEFORE).at(1))).contains(Errno.EINVAL);
        assertThat(old.attach("/p", EGRESS, Attach.of(2, MULTI).expecting(OptionalLong.of(2))))
                .contains(Errno.EINVAL);
        assertThat(old.detach("/p", EGRESS, OptionalInt.of(1), OptionalLong.of(2)))
                .contains(Errno.EINVAL);
    }
}
