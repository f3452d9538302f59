package io.bpfchain.agent.view;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ObservedHook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the programs are attached that run for a task of a cgroup. The kernel tells their order only (BPF_F_QUERY_EFFECTIVE in
 * kernel/bpf/cgroup.c), so the lists of the cgroup and of those above it are searched, the nearest first.
 */
final class Origins {
    private final CgroupKernel kernel;
    private final Map<At, List<EntryId>> lists = new HashMap<>();

    private record At(String path, AttachType type) {}

    /**
     * A cgroup at or above the hook's.
     *
     * @param left of its list; a program that is attached at two levels runs twice
     */
    private record Level(String path, List<EntryId> left) {}

    Origins(CgroupKernel kernel) {
        this.kernel = kernel;
    }

    /** The path of a cgroup for each effective entry, in their order; empty where none that can be looked at lists it. */
    List<String> of(ObservedHook observed, List<Entry> effective) {
        Hook hook = observed.hook();
        lists.putIfAbsent(
                new At(hook.cgroup().path(), hook.attachType()),
                observed.entries().stream().map(Entry::id).toList());
        List<Level> levels = levels(hook);
        return effective.stream()
                .map(entry -> levels.stream()
                        .filter(level -> level.left().remove(entry.id()))
                        .findFirst()
                        .map(Level::path)
                        .orElse(""))
                .toList();
    }

    /** From the cgroup itself to the root. */
    private List<Level> levels(Hook hook) {
        List<Level> levels = new ArrayList<>();
        String path = hook.cgroup().path();
        levels.add(level(path, hook.attachType()));
        while (!path.equals("/")) {
            path = Cgroup.parent(path);
            levels.add(level(path, hook.attachType()));
        }
        return levels;
    }

    private Level level(String path, AttachType type) {
        return new Level(path, new ArrayList<>(lists.computeIfAbsent(new At(path, type), this::list)));
    }

    private List<EntryId> list(At at) {
        try {
            return kernel.readBack(new Hook(kernel.cgroup(at.path()), at.type())) instanceof Kernel.ReadBack.Seen seen
                    ? seen.ids()
                    : List.of();
        } catch (BpfException e) {
            return List.of(); // gone meanwhile, or not to be opened
        }
    }
}
