package io.bpfchain.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.Cgroups.Resolution;
import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On ordinary directories: paths and patterns know nothing that is special about cgroup2. */
class MountedCgroupsTest {
    @TempDir
    Path root;

    private Cgroups cgroups = new MountedCgroups(Path.of("/"));

    @BeforeEach
    void hierarchy() throws IOException {
        cgroups = new MountedCgroups(root);
        for (String path : new String[] {
            "system.slice/sshd.service",
            "system.slice/cron.service",
            "user.slice/user-1000.slice/session-1.scope",
            "user.slice/user-1001.slice",
            "system.slice/dev\\x2dsda.mount"
        }) {
            Files.createDirectories(root.resolve(path));
        }
        Files.writeString(root.resolve("system.slice/cgroup.procs"), "");
    }

    @Test
    void resolvesAPathToTheInodeOfItsDirectory() throws IOException {
        long inode = ((Number) Files.getAttribute(root.resolve("system.slice/sshd.service"), "unix:ino")).longValue();
        Resolution.Found found = found("/system.slice/sshd.service");
        assertThat(found.cgroups()).containsExactly(new Cgroup(inode, "/system.slice/sshd.service"));
        assertThat(found.warnings()).isEmpty();
    }

    @Test
    void resolvesTheRoot() {
        assertThat(found("/").cgroups()).extracting(Cgroup::path).containsExactly("/");
    }

    @Test
    void resolvesAPatternWithoutCrossingSegmentsAndSortsIt() {
        assertThat(found("/user.slice/*").cgroups())
                .extracting(Cgroup::path)
                .containsExactly("/user.slice/user-1000.slice", "/user.slice/user-1001.slice");
        assertThat(found("/*.slice/*/session-?.scope").cgroups())
                .extracting(Cgroup::path)
                .containsExactly("/user.slice/user-1000.slice/session-1.scope");
        assertThat(found("/system.slice/*\\x2d*").cgroups())
                .extracting(Cgroup::path)
                .containsExactly("/system.slice/dev\\x2dsda.mount");
    }

    @Test
    void leavesFilesOut() {
        assertThat(found("/system.slice/cgroup*").cgroups()).isEmpty();
        assertThat(refused("/system.slice/cgroup.procs").reason()).isEqualTo("NoSuchCgroup");
    }

    @Test
    void doesNotFollowSymbolicLinks() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), root.resolve("user.slice"));
        assertThat(refused("/link").reason()).isEqualTo("NoSuchCgroup");
        assertThat(found("/l*").cgroups()).isEmpty();
    }

    @Test
    void warnsThatNewCgroupsOfAPatternAreUnprotected() {
        assertThat(found("/user.slice/user-*.slice").warnings())
                .containsExactly("New cgroups that match /user.slice/user-*.slice run without this chain until bpfchain"
                        + " attaches it (bpfchain run does, within milliseconds); a chain on /user.slice covers them from"
                        + " birth.");
    }

    @Test
    void warnsThatAPatternMatchesNothingNow() {
        assertThat(found("/user.slice/none-*").warnings())
                .containsExactly(
                        "No cgroup matches /user.slice/none-* now, so the chain runs nowhere until one comes and bpfchain"
                                + " attaches it.");
    }

    @Test
    void namesTheNearestParentAndASimilarSibling() {
        assertThat(refused("/system.slice/sshd.servce"))
                .isEqualTo(new Problem(
                        Problem.Kind.REFUSED,
                        "NoSuchCgroup",
                        "/system.slice/sshd.servce",
                        "resolve cgroup /system.slice/sshd.servce below " + root
                                + ": no such cgroup; /system.slice exists, but has no \"sshd.servce\"",
                        "Did you mean /system.slice/sshd.service?"));
        assertThat(refused("/system.slice/sshd").remedy()).isEqualTo("Did you mean /system.slice/sshd.service?");
        assertThat(refused("/systemslice/sshd.service").remedy()).isEqualTo("Did you mean /system.slice?");
        assertThat(refused("/nothing/alike"))
                .extracting(Problem::message, Problem::remedy)
                .containsExactly(
                        "resolve cgroup /nothing/alike below " + root
                                + ": no such cgroup; / exists, but has no \"nothing\"",
                        "Start the service or slice first; a chain may also name a pattern (* and ?), which picks the cgroup up"
                                + " when it appears.");
    }

    /** What stat(2) says must be that there is nothing; any other answer leaves open what is there. */
    @Test
    void takesNoOtherErrorForAnAbsence() {
        assertThat(refused("/user.slice/" + "x".repeat(256)).reason()).isEqualTo("CgroupUnreadable");
    }

    @Test
    void refusesToLeaveTheRoot() {
        assertThat(refused("/system.slice/../../etc"))
                .extracting(Problem::kind, Problem::message)
                .containsExactly(
                        Problem.Kind.INVALID,
                        "resolve cgroup /system.slice/../../etc: \"..\" is not allowed in a cgroup path");
    }

    private Resolution.Found found(String path) {
        return (Resolution.Found) cgroups.resolve(path);
    }

    private Problem refused(String path) {
        return ((Resolution.Refused) cgroups.resolve(path)).problem();
    }
}
