package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.ObservedHook.Above;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The planner's kernel: the real one. Programs of ours are found through their pins, so call {@link #rescan} or {@link #register}
 * after a load. Descriptors of cgroups and programs stay open until {@link #close}. Methods may be called from several threads;
 * they take turns.
 *
 * <p>Refused here, because the kernel would do harm without an error: DETACH on a list that is not in MULTI mode (the kernel ignores
 * which program was named), and any change by a program that does not carry bpfchain's identity.
 */
public final class CgroupKernel implements Kernel, AutoCloseable {
    private static final String QUERY = "BPF_PROG_QUERY";
    private static final Outcome DONE = new Outcome.Done();
    private static final String DETACH = "BPF_PROG_DETACH";
    private static final long CGROUP2_MAGIC = 0x63677270L;

    /** The root of the hierarchy always has this id ({@code kernfs_create_root()}). */
    private static final long ROOT_ID = 1;

    private final CgroupDirectories directories;
    private final OurPrograms programs;
    private final Lists lists = new Lists();
    private final Links links = new Links();

    /** The latest list that only had programs of ours, attached as such. The hooks of a chain mostly have the same, so it is made once. */
    private Alike latest = new Alike(List.of(), List.of());

    private record Alike(List<EntryId> ids, List<Entry> entries) {}

    /**
     * @param cgroupRoot the directory that hooks' paths are relative to, on a cgroup2 mount
     */
    public CgroupKernel(Path cgroupRoot, Bpffs bpffs) {
        this.directories = new CgroupDirectories(cgroupRoot);
        this.programs = new OurPrograms(bpffs);
    }

    /** Reads the pins again. */
    public synchronized InstanceScan.Result rescan() throws IOException {
        forgetLatest();
        return programs.rescan();
    }

    /**
     * Learns of one new instance without reading all the others, and opens its programs: from then on they can be attached although
     * somebody removes their pins.
     */
    public synchronized void register(PinnedInstance instance) throws BpfException {
        forgetLatest();
        programs.add(instance);
        for (PinnedInstance.PinnedProgram program : instance.programs()) {
            programs.fd(program.id());
        }
    }

    /** Lets go of the descriptors of an instance whose pins are about to be removed. */
    public synchronized void forget(PinnedInstance instance) {
        forgetLatest();
        instance.programs().forEach(program -> programs.forget(program.id()));
    }

    /** The identity of a program that is pinned; empty for every other one. */
    public synchronized Optional<Identity> identity(EntryId program) {
        return programs.pinnedIdentity(program);
    }

    /** Every program that runs for a task here, over all levels, in the order in which they run. What holds each is not told. */
    public synchronized List<Entry> effective(Hook hook) throws BpfException {
        int cgroup = BpfException.check("open", hook.cgroup().path(), directories.open(hook.cgroup()));
        BpfException.check(QUERY, hook.toString(), lists.query(cgroup, hook.attachType(), Native.EFFECTIVE));
        List<Entry> entries = new ArrayList<>();
        for (EntryId id : lists.ids()) {
            OurPrograms.Described program = programs.describe(id);
            entries.add(new Entry(id, program.name(), Holder.UNKNOWN, program.owner()));
        }
        return entries;
    }

    @Override
    public synchronized ReadBack readBack(Hook hook) {
        int cgroup = directories.open(hook.cgroup());
        if (cgroup < 0) {
            return new ReadBack.Failed(openError(cgroup));
        }
        int result = lists.query(cgroup, hook.attachType(), 0);
        return result < 0 ? new ReadBack.Failed(error(QUERY, result)) : lists.seen();
    }

    @Override
    public synchronized Outcome replace(Hook hook, EntryId old, EntryId by, OptionalLong expectedRevision) {
        int cgroup = directories.open(hook.cgroup());
        if (cgroup < 0) {
            return new Outcome.Failed(openError(cgroup));
        }
        try {
            int oldFd = programs.fd(old).number();
            int byFd = programs.fd(by).number();
            return outcome(
                    "BPF_PROG_ATTACH(REPLACE)",
                    lists.replace(cgroup, hook.attachType(), oldFd, byFd, expectedRevision.orElse(0)));
        } catch (BpfException e) {
            return new Outcome.Failed(e.toKernelError());
        }
    }

    @Override
    public synchronized Outcome attach(Hook hook, EntryId program, Place place, OptionalLong expectedRevision) {
        int cgroup = directories.open(hook.cgroup());
        if (cgroup < 0) {
            return new Outcome.Failed(openError(cgroup));
        }
        try {
            int fd = programs.fd(program).number();
            long revision = expectedRevision.orElse(0);
            AttachType type = hook.attachType();
            return switch (place) {
                case Place.Tail _ -> outcome("BPF_PROG_ATTACH", lists.attach(cgroup, type, fd, 0, 0, revision));
                case Place.Before(EntryId anchor) ->
                    outcome(
                            "BPF_PROG_ATTACH(BEFORE)",
                            lists.attach(cgroup, type, fd, Lists.BEFORE | Lists.ID, anchor.programId(), revision));
                case Place.After(EntryId anchor) ->
                    outcome(
                            "BPF_PROG_ATTACH(AFTER)",
                            lists.attach(cgroup, type, fd, Lists.AFTER | Lists.ID, anchor.programId(), revision));
            };
        } catch (BpfException e) {
            return new Outcome.Failed(e.toKernelError());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The list is read first. Where the kernel has revisions, the one that was read is expected, so the mode cannot change in between.
     */
    @Override
    public synchronized Outcome detach(Hook hook, EntryId program, OptionalLong expectedRevision) {
        int cgroup = directories.open(hook.cgroup());
        if (cgroup < 0) {
            return new Outcome.Failed(openError(cgroup));
        }
        AttachType type = hook.attachType();
        int result = lists.query(cgroup, type, 0);
        if (result < 0) {
            return new Outcome.Failed(error(QUERY, result));
        }
        if (lists.count() > 0 && lists.mode() != ListMode.MULTI) {
            return new Outcome.Failed(error(DETACH, -Errno.EPERM));
        }
        if (!lists.ids().contains(program)) {
            return new Outcome.Failed(error(DETACH, -Errno.ENOENT));
        }
        long revision = expectedRevision.orElse(lists.revision().orElse(0));
        try {
            return outcome(
                    DETACH, lists.detach(cgroup, type, programs.fd(program).number(), revision));
        } catch (BpfException e) {
            return new Outcome.Failed(e.toKernelError());
        }
    }

    @Override
    public synchronized Observation observe(Hook hook) {
        int cgroup = directories.open(hook.cgroup());
        if (cgroup < 0) {
            return new Observation.Failed(openError(cgroup));
        }
        int result = lists.query(cgroup, hook.attachType(), 0);
        if (result < 0) {
            return new Observation.Failed(error(QUERY, result));
        }
        ReadBack.Seen seen = lists.seen();
        List<Entry> entries = entries(seen.ids(), hook.cgroup().id(), hook.attachType());
        return new Observation.Seen(
                new ObservedHook(hook, seen.mode(), entries, seen.revision(), above(hook, cgroup, seen.ids())));
    }

    private List<Entry> entries(List<EntryId> ids, long cgroupId, AttachType type) {
        List<EntryId> linked = new ArrayList<>();
        boolean known = true;
        if (!ids.isEmpty()) {
            try {
                links.at(cgroupId, type).forEach(link -> linked.add(link.program()));
            } catch (BpfException e) {
                known = false;
            }
        }
        boolean plain = known && linked.isEmpty();
        if (plain && ids.equals(latest.ids())) {
            return latest.entries();
        }
        List<Entry> entries = new ArrayList<>();
        for (EntryId id : ids) {
            OurPrograms.Described program = programs.describe(id);
            entries.add(
                    new Entry(id, program.name(), known ? holder(id, ids, linked) : Holder.UNKNOWN, program.owner()));
        }
        if (plain && entries.stream().allMatch(Entry::ours)) {
            latest = new Alike(ids, List.copyOf(entries));
            return latest.entries();
        }
        return entries;
    }

    /** What is known of programs changed. */
    private void forgetLatest() {
        latest = new Alike(List.of(), List.of());
    }

    /** The same program can be in a list by itself and by links; then the ids alone do not tell which is which. */
    private static Holder holder(EntryId id, List<EntryId> ids, List<EntryId> linked) {
        int times = Collections.frequency(linked, id);
        if (times == 0) {
            return Holder.PROGRAM;
        }
        return times == Collections.frequency(ids, id) ? Holder.LINK : Holder.UNKNOWN;
    }

    private Above above(Hook hook, int cgroup, List<EntryId> local) {
        // With nothing here, the effective list is what the ancestors have: one call, also where they cannot be seen.
        if (local.isEmpty() && lists.query(cgroup, hook.attachType(), Native.EFFECTIVE) == 0 && lists.count() == 0) {
            return new Above.Nothing();
        }
        String path = hook.cgroup().path();
        while (!path.equals("/")) {
            path = parent(path);
            int ancestor = directories.openAncestor(path);
            if (ancestor < 0) {
                return new Above.Unknown("cannot open the ancestor " + path + ": " + Errno.name(-ancestor));
            }
            int result = lists.query(ancestor, hook.attachType(), 0);
            if (result < 0) {
                directories.forget(path);
                return new Above.Unknown("cannot query the ancestor " + path + ": " + Errno.name(-result));
            }
            if (lists.count() > 0) {
                ReadBack.Seen seen = lists.seen();
                long id = directories.idOf(path);
                return new Above.List(path, seen.mode(), entries(seen.ids(), id, hook.attachType()));
            }
        }
        return beyondRoot();
    }

    /** The given root may not be the hierarchy's: a cgroup namespace, or a subtree by choice. */
    private Above beyondRoot() {
        if (directories.openAncestor("/") >= 0 && directories.idOf("/") == ROOT_ID) {
            return new Above.Nothing();
        }
        return new Above.Unknown("the cgroups above " + directories.resolve("/") + " are not visible from here");
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** Whether the directory is on a cgroup2 file system. */
    public static boolean isCgroup2(Path directory) {
        return Native.fileSystem(Native.path(directory)) == CGROUP2_MAGIC;
    }

    /** The cgroup at a path below the root, or what opening it answered. */
    public synchronized Cgroup cgroup(String path) throws BpfException {
        BpfException.check("open", path, directories.openPath(path));
        return new Cgroup(directories.idOf(path), path);
    }

    private static KernelError openError(int result) {
        return error("open", result);
    }

    private static KernelError error(String call, int result) {
        return new KernelError(call, -result, Errno.name(-result));
    }

    private static Outcome outcome(String call, int result) {
        return result < 0 ? new Outcome.Failed(error(call, result)) : DONE;
    }

    @Override
    public synchronized void close() {
        directories.close();
        programs.close();
    }
}
