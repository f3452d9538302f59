package io.bpfchain.kernel;

import static io.bpfchain.planner.AttachType.CGROUP_INET_EGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.KernelSession;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel.Outcome;
import io.bpfchain.planner.Kernel.Place;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent without CAP_SYS_ADMIN knows: what it finds through pins, and nothing by id. */
class WithoutSysAdminIT {
    private final TestBpffs mount = TestBpffs.mount();
    private final Bpffs bpffs = new Bpffs(mount.directory());
    private final TestCgroup cgroup = TestCgroup.create();
    private final CgroupKernel kernel = new CgroupKernel(TestCgroup.mount(), bpffs);

    @AfterEach
    void close() {
        kernel.close();
        cgroup.close();
        mount.close();
    }

    @Test
    void knowsAndReplacesItsOwnThroughTheirPins() throws IOException {
        EntryId pinned = attached("pinned", "i-1");
        EntryId lost = attached("lost", "i-2");
        EntryId next = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", "pinned", "i-3");
        bpffs.remove("i-2");

        assertThat(session("observe").lines())
                .containsExactly("chain/pinned (sha256:v-i-1) UNKNOWN", "program " + lost + " UNKNOWN");
        assertThat(session("replace", pinned.toString(), next.toString())).contains("Done");
        assertThat(session("replace", lost.toString(), pinned.toString()))
                .contains("BPF_PROG_GET_FD_BY_ID")
                .contains("EPERM");

        assertThat(session("observe")).startsWith("chain/pinned (sha256:v-i-3)");
    }

    private EntryId attached(String program, String instance) throws IOException {
        EntryId id = TestPrograms.pin(bpffs, CGROUP_INET_EGRESS, "chain", program, instance);
        kernel.rescan();
        Hook hook = new Hook(cgroup.cgroup(), CGROUP_INET_EGRESS);
        assertThat(kernel.attach(hook, id, new Place.Tail(), OptionalLong.empty()))
                .isEqualTo(new Outcome.Done());
        return id;
    }

    private String session(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = mount.directory().toString();
        all[1] = cgroup.path();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Commands.run(
                TestJvm.command(List.of("setpriv", "--bounding-set", "-sys_admin"), KernelSession.class, all));
    }
}
