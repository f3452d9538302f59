package io.bpfchain.agent.bench;

import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import java.nio.file.Path;
import java.util.Optional;

/** Asks the kernel how many egress programs a cgroup has. */
final class CgroupLists implements AutoCloseable {
    private final CgroupKernel kernel;

    CgroupLists(Path mount) {
        Bpffs bpffs = switch (BpffsSearch.find(Optional.of(mount))) {
            case BpffsSearch.Result.Found(Bpffs b) -> b;
            case BpffsSearch.Result.Missing missing -> throw new IllegalStateException(missing.toString());
        };
        this.kernel = new CgroupKernel(TestCgroup.mount(), bpffs);
    }

    int count(TestCgroup cgroup) {
        return switch (kernel.readBack(new Hook(cgroup.cgroup(), AttachType.CGROUP_INET_EGRESS))) {
            case Kernel.ReadBack.Seen seen -> seen.ids().size();
            case Kernel.ReadBack.Failed failed ->
                throw new IllegalStateException(failed.error().toString());
        };
    }

    @Override
    public void close() {
        kernel.close();
    }
}
