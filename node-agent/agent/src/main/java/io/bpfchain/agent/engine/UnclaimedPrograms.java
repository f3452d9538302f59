package io.bpfchain.agent.engine;

import io.bpfchain.agent.Unclaimed;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.view.CgroupWalk;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Owner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds what the kernel's lists have of bpfchain's and no journal names. Programs are known by their pins, or with CAP_SYS_ADMIN by
 * themselves. Reads only.
 */
final class UnclaimedPrograms {
    private final CgroupKernel kernel;
    private final CgroupWalk walk;
    private final Set<String> named;

    UnclaimedPrograms(Session session) {
        kernel = session.kernel();
        walk = new CgroupWalk(session.configuration().cgroups().root(), kernel, warning -> {});
        named = session.state().journals().all().values().stream()
                .flatMap(Journal::instances)
                .collect(Collectors.toSet());
    }

    /** Below the root of all cgroups, in the order of their paths. */
    List<Unclaimed> all() throws IOException {
        List<Unclaimed> found = new ArrayList<>();
        for (Cgroup cgroup : walk.from(List.of(root()))) {
            for (AttachType type : AttachType.values()) {
                found.addAll(at(new Hook(cgroup, type)));
            }
        }
        return found;
    }

    private Cgroup root() throws BpfException {
        return kernel.cgroup("/");
    }

    private List<Unclaimed> at(Hook hook) {
        boolean empty = !(kernel.readBack(hook) instanceof Kernel.ReadBack.Seen ids)
                || ids.ids().isEmpty();
        if (empty || !(kernel.observe(hook) instanceof Kernel.Observation.Seen seen)) {
            return List.of();
        }
        List<Unclaimed> found = new ArrayList<>();
        for (Entry entry : seen.hook().entries()) {
            if (entry.owner() instanceof Owner.Ours ours && !named.contains(ours.instance())) {
                found.add(new Unclaimed(
                        hook.cgroup().path(),
                        hook.attachType().bpftoolName(),
                        ours.key().chain(),
                        ours.key().name(),
                        entry.id().programId()));
            }
        }
        return found;
    }
}
