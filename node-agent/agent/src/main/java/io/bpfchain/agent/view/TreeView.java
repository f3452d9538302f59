package io.bpfchain.agent.view;

import io.bpfchain.agent.Host;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.Tree.EntryView;
import io.bpfchain.agent.Tree.HookView;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.ProgramInfo;
import io.bpfchain.kernel.Programs;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Kernel.KernelError;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The cgroup hierarchy with what runs where. Reads only; statistics are switched on for as long as was asked and no longer. */
public final class TreeView {

    private final Path root;
    private final CgroupKernel kernel;
    private final Host.Progress progress;
    private final List<String> warnings = new ArrayList<>();
    private final Origins origins;
    private @Nullable KernelError denied;

    public TreeView(Path root, CgroupKernel kernel, Host.Progress progress) {
        this.root = root;
        this.kernel = kernel;
        this.progress = progress;
        this.origins = new Origins(kernel);
    }

    /**
     * Some cgroups, none below another, and everything below them that has programs of its own; of those cgroups themselves also what they
     * only inherit.
     */
    public Tree of(List<Cgroup> tops, Optional<Duration> stats) throws IOException {
        Map<Cgroup, List<Seen>> seen = new LinkedHashMap<>();
        List<Cgroup> cgroups = new CgroupWalk(root, kernel, warnings::add).from(tops);
        Set<Cgroup> asked = Set.copyOf(tops);
        for (Cgroup cgroup : cgroups) {
            seen.put(cgroup, hooks(cgroup, asked.contains(cgroup)));
            progress.advanced("look at cgroups", seen.size(), cgroups.size());
        }
        Set<String> shown = new HashSet<>();
        seen.forEach((cgroup, hooks) -> {
            if (!hooks.isEmpty()) {
                for (String path = cgroup.path(); shown.add(path) && !path.equals("/"); path = Cgroup.parent(path)) {}
            }
        });
        Map<EntryId, Run> runs = stats.isPresent() ? measure(seen.values(), stats.get()) : Map.of();
        List<Tree.Node> nodes = new ArrayList<>();
        seen.forEach((cgroup, hooks) -> {
            if (shown.contains(cgroup.path())) {
                nodes.add(new Tree.Node(
                        cgroup.path(),
                        cgroup.id(),
                        hooks.stream().map(h -> view(h, runs)).toList()));
            }
        });
        return new Tree(root.toString(), nodes, warnings);
    }

    /**
     * What was read of one hook.
     *
     * @param from where each effective entry is attached, by its place in the order
     */
    private record Seen(ObservedHook hook, List<Entry> effective, List<String> from) {}

    private record Run(long count, long nanos) {}

    private List<Seen> hooks(Cgroup cgroup, boolean inherited) {
        List<Seen> hooks = new ArrayList<>();
        for (AttachType type : AttachType.values()) {
            Hook hook = new Hook(cgroup, type);
            Kernel.ReadBack list = kernel.readBack(hook);
            if (list instanceof Kernel.ReadBack.Failed failed && isDenied(failed.error())) {
                denied = failed.error();
            }
            if (list instanceof Kernel.ReadBack.Seen ids
                    && (inherited || !ids.ids().isEmpty())
                    && kernel.observe(hook) instanceof Kernel.Observation.Seen seen) {
                Seen read = read(seen.hook());
                if (!ids.ids().isEmpty() || !read.effective().isEmpty()) {
                    hooks.add(read);
                }
            }
        }
        return hooks;
    }

    private static boolean isDenied(KernelError error) {
        return error.errno() == Errno.EPERM;
    }

    /** The answer where lists may not be read: then what {@link #of} shows is not all. */
    public Optional<KernelError> denied() {
        return Optional.ofNullable(denied);
    }

    private Seen read(ObservedHook observed) {
        try {
            List<Entry> effective = kernel.effective(observed.hook());
            return new Seen(observed, effective, origins.of(observed, effective));
        } catch (BpfException e) {
            warnings.add("The effective order of " + observed.hook() + " is not known: " + e.getMessage() + ".");
            return new Seen(observed, List.of(), List.of());
        }
    }

    private Map<EntryId, Run> measure(Iterable<List<Seen>> seen, Duration time) {
        Set<EntryId> ids = new HashSet<>();
        seen.forEach(hooks -> hooks.forEach(h -> h.effective().forEach(e -> ids.add(e.id()))));
        Map<EntryId, Run> measured = new HashMap<>();
        try (Fd _ = Programs.enableStatistics()) {
            Map<EntryId, Run> before = read(ids);
            await(time);
            Map<EntryId, Run> after = read(ids);
            before.forEach((id, b) -> {
                Run a = after.get(id);
                if (a != null) {
                    measured.put(id, new Run(a.count() - b.count(), a.nanos() - b.nanos()));
                }
            });
        } catch (BpfException e) {
            warnings.add("Run statistics are not available: " + e.getMessage() + "; they need CAP_SYS_ADMIN.");
        }
        return measured;
    }

    /** Waits, and says each second how much of the time is over. */
    private void await(Duration time) {
        String phase = "count runs for " + time.toString().substring(2).toLowerCase(Locale.ROOT) + ":";
        int seconds = Math.toIntExact(Math.max(1, time.toSeconds()));
        long begin = System.nanoTime();
        for (long left = time.toNanos(); left > 0; left = begin + time.toNanos() - System.nanoTime()) {
            int over = Math.toIntExact(TimeUnit.NANOSECONDS.toSeconds(time.toNanos() - left));
            progress.advanced(phase, Math.min(over, seconds - 1), seconds);
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(over + 1L) - (time.toNanos() - left)));
        }
        progress.advanced(phase, seconds, seconds);
    }

    private static Map<EntryId, Run> read(Set<EntryId> ids) throws BpfException {
        Map<EntryId, Run> runs = new HashMap<>();
        for (EntryId id : ids) {
            try (Fd program = Programs.byId(id)) {
                ProgramInfo info = Programs.info(program);
                runs.put(id, new Run(info.runCount(), info.runNanos()));
            } catch (BpfException e) {
                // gone since it was listed: then it has no figures, and the others have
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        return runs;
    }

    private static HookView view(Seen seen, Map<EntryId, Run> runs) {
        Map<EntryId, Holder> holders = new HashMap<>();
        seen.hook().entries().forEach(e -> holders.put(e.id(), e.holder()));
        Hook hook = seen.hook().hook();
        List<EntryView> effective = new ArrayList<>();
        for (int i = 0; i < seen.effective().size(); i++) {
            Entry entry = seen.effective().get(i);
            Holder holder = holders.getOrDefault(entry.id(), Holder.UNKNOWN);
            effective.add(view(entry, seen.from().get(i), holder, runs));
        }
        return new HookView(
                hook.attachType().bpftoolName(),
                mode(seen.hook().mode()),
                seen.hook().entries().stream()
                        .map(e -> view(e, hook.cgroup().path(), e.holder(), runs))
                        .toList(),
                effective);
    }

    private static EntryView view(Entry entry, String from, Holder holder, Map<EntryId, Run> runs) {
        Run run = runs.get(entry.id());
        OptionalLong count = run == null ? OptionalLong.empty() : OptionalLong.of(run.count());
        OptionalLong nanos = run == null ? OptionalLong.empty() : OptionalLong.of(run.nanos());
        String held = holder.name().toLowerCase(Locale.ROOT);
        return switch (entry.owner()) {
            case Owner.Ours ours ->
                new EntryView(
                        entry.id().programId(),
                        entry.programName(),
                        "bpfchain",
                        ours.key().chain(),
                        ours.key().name(),
                        ours.version().digest(),
                        from,
                        held,
                        count,
                        nanos);
            case Owner.Foreign _ ->
                new EntryView(
                        entry.id().programId(), entry.programName(), "foreign", "", "", "", from, held, count, nanos);
        };
    }

    private static String mode(ListMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
