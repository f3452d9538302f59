package io.bpfchain.planner.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Owner;
import io.bpfchain.planner.testing.CgroupLists.Attach;
import io.bpfchain.planner.testing.CgroupLists.Flag;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InMemoryKernelTest {
    private final InMemoryKernel kernel = InMemoryKernel.withPositions();
    private final Hook hook = new Hook(kernel.cgroup("/a"), AttachType.CGROUP_SYSCTL);
    private final EntryId first = kernel.load(new Owner.Foreign(), "first");
    private final EntryId second = kernel.load(new Owner.Foreign(), "second");

    private Kernel.Outcome append(EntryId program) {
        return kernel.attach(hook, program, new Kernel.Place.Tail(), OptionalLong.empty());
    }

    @Test
    void failsAScriptedChangeWithoutAnEffectAndOnlyOnce() {
        kernel.passNextChange().failNextChange(Errno.ENOMEM);
        assertThat(append(first)).isEqualTo(new Kernel.Outcome.Done());
        assertThat(append(second))
                .isEqualTo(new Kernel.Outcome.Failed(new Kernel.KernelError("BPF_PROG_ATTACH", 12, "ENOMEM")));
        assertThat(kernel.running(hook)).containsExactly(first);
        assertThat(append(second)).isEqualTo(new Kernel.Outcome.Done());
    }

    @Test
    void letsAnotherProcessActJustBeforeAChange() {
        kernel.beforeChange(
                () -> kernel.lists().attach("/a", hook.attachType(), Attach.of(second.programId(), Flag.MULTI)));
        assertThat(kernel.attach(hook, first, new Kernel.Place.Tail(), OptionalLong.of(1)))
                .isEqualTo(new Kernel.Outcome.Failed(new Kernel.KernelError("BPF_PROG_ATTACH", 116, "ESTALE")));
        assertThat(kernel.running(hook)).containsExactly(second);
    }

    @Test
    void aRemovedCgroupCannotBeObserved() {
        kernel.lists().rmdir("/a");
        assertThat(kernel.observe(hook)).isInstanceOf(Kernel.Observation.Failed.class);
        assertThat(kernel.readBack(hook)).isInstanceOf(Kernel.ReadBack.Failed.class);
    }
}
