package io.bpfchain.planner.testing;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.Owner;
import io.bpfchain.planner.Support;
import io.bpfchain.planner.testing.CgroupLists.Attach;
import io.bpfchain.planner.testing.CgroupLists.Attachment;
import io.bpfchain.planner.testing.CgroupLists.Flag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The kernel port on the model of the lists. Other processes are played through {@link #lists()}; {@link #beforeChange} lets them
 * act between two calls, and {@link #failNextChange} scripts an error. One instance belongs to one thread.
 */
public final class InMemoryKernel implements Kernel {
    private record Program(String name, Owner owner) {}

    private final boolean mprog;
    private final CgroupLists lists;
    private final Map<Integer, Program> programs = new HashMap<>();
    private final Map<String, Cgroup> cgroups = new HashMap<>();
    private final Deque<Runnable> interference = new ArrayDeque<>();
    private final Deque<Optional<Errno>> scripted = new ArrayDeque<>();
    private final List<String> changes = new ArrayList<>();
    private int lastProgram;

    private InMemoryKernel(boolean mprog) {
        this.mprog = mprog;
        this.lists = new CgroupLists(mprog);
    }

    /** A kernel with BPF_F_BEFORE, BPF_F_AFTER and revisions. */
    public static InMemoryKernel withPositions() {
        return new InMemoryKernel(true);
    }

    /** A kernel that has BPF_F_REPLACE and appends. */
    public static InMemoryKernel withoutPositions() {
        return new InMemoryKernel(false);
    }

    /** What a probe would find. */
    public Capabilities capabilities() {
        return new Capabilities(new Support.Supported(), mprog ? new Support.Supported() : new Support.Unsupported());
    }

    /** The lists themselves, for what other processes do. */
    public CgroupLists lists() {
        return lists;
    }

    /** Makes (if need be) and returns a cgroup. */
    public Cgroup cgroup(String path) {
        lists.mkdir(path);
        return cgroups.computeIfAbsent(path, p -> new Cgroup(cgroups.size() + 1L, p));
    }

    /** Loads a program: from now on the id means it. */
    public EntryId load(Owner owner, String name) {
        programs.put(++lastProgram, new Program(name, owner));
        return new EntryId(lastProgram);
    }

    /** Lets something happen just before the next change is made; several wait for one change each. */
    public InMemoryKernel beforeChange(Runnable otherProcess) {
        interference.add(otherProcess);
        return this;
    }

    /** Lets the next change fail without an effect; several wait for one change each. */
    public InMemoryKernel failNextChange(Errno errno) {
        scripted.add(Optional.of(errno));
        return this;
    }

    /** Lets the next change through, so that a later scripted failure hits a later change. */
    public InMemoryKernel passNextChange() {
        scripted.add(Optional.empty());
        return this;
    }

    /** The changes that were asked for, with their results, in order: {@code REPLACE 3 by 7: OK}. */
    public List<String> changes() {
        return List.copyOf(changes);
    }

    /** What the list runs, by id. */
    public List<EntryId> running(Hook hook) {
        return lists.entries(hook.cgroup().path(), hook.attachType()).stream()
                .map(a -> new EntryId(a.program()))
                .toList();
    }

    @Override
    public Observation observe(Hook hook) {
        String path = hook.cgroup().path();
        if (!lists.exists(path)) {
            return new Observation.Failed(Errno.ENOENT.from("BPF_PROG_QUERY"));
        }
        AttachType type = hook.attachType();
        return new Observation.Seen(
                new ObservedHook(hook, mode(path, type), entries(path, type), revision(path, type), above(path, type)));
    }

    private ObservedHook.Above above(String path, AttachType type) {
        return lists.above(path, type)
                .<ObservedHook.Above>map(a -> new ObservedHook.Above.List(a, mode(a, type), entries(a, type)))
                .orElseGet(ObservedHook.Above.Nothing::new);
    }

    private List<Entry> entries(String path, AttachType type) {
        return lists.entries(path, type).stream().map(this::entry).toList();
    }

    private Entry entry(Attachment attachment) {
        Program program = programs.getOrDefault(attachment.program(), new Program("", new Owner.Foreign()));
        return new Entry(
                new EntryId(attachment.program()),
                program.name(),
                attachment.link().isPresent() ? Holder.LINK : Holder.PROGRAM,
                program.owner());
    }

    private ListMode mode(String path, AttachType type) {
        Set<Flag> mode = lists.mode(path, type);
        return mode.contains(Flag.MULTI)
                ? ListMode.MULTI
                : mode.contains(Flag.OVERRIDE) ? ListMode.OVERRIDE : ListMode.NONE;
    }

    private OptionalLong revision(String path, AttachType type) {
        return mprog ? OptionalLong.of(lists.revision(path, type)) : OptionalLong.empty();
    }

    @Override
    public ReadBack readBack(Hook hook) {
        String path = hook.cgroup().path();
        return lists.exists(path)
                ? new ReadBack.Seen(mode(path, hook.attachType()), running(hook), revision(path, hook.attachType()))
                : new ReadBack.Failed(Errno.ENOENT.from("BPF_PROG_QUERY"));
    }

    @Override
    public Outcome attach(Hook hook, EntryId program, Place place, OptionalLong expectedRevision) {
        Attach call = switch (place) {
            case Place.Tail t -> Attach.of(program.programId(), Flag.MULTI);
            case Place.Before b ->
                Attach.of(program.programId(), Flag.MULTI, Flag.BEFORE)
                        .at(b.anchor().programId());
            case Place.After a ->
                Attach.of(program.programId(), Flag.MULTI, Flag.AFTER)
                        .at(a.anchor().programId());
        };
        return change(
                "BPF_PROG_ATTACH",
                "ATTACH " + program + " " + place,
                () -> lists.attach(hook.cgroup().path(), hook.attachType(), call.expecting(expectedRevision)));
    }

    @Override
    public Outcome replace(Hook hook, EntryId old, EntryId by, OptionalLong expectedRevision) {
        Attach call = Attach.of(by.programId(), Flag.MULTI, Flag.REPLACE)
                .replacing(old.programId())
                .expecting(expectedRevision);
        return change(
                "BPF_PROG_ATTACH(REPLACE)",
                "REPLACE " + old + " by " + by,
                () -> lists.attach(hook.cgroup().path(), hook.attachType(), call));
    }

    @Override
    public Outcome detach(Hook hook, EntryId program, OptionalLong expectedRevision) {
        return change(
                "BPF_PROG_DETACH",
                "DETACH " + program,
                () -> lists.detach(
                        hook.cgroup().path(),
                        hook.attachType(),
                        OptionalInt.of(program.programId()),
                        expectedRevision));
    }

    private interface Call {
        Optional<Errno> make();
    }

    private Outcome change(String name, String description, Call call) {
        Optional.ofNullable(interference.poll()).ifPresent(Runnable::run);
        Optional<Errno> error =
                Optional.ofNullable(scripted.poll()).flatMap(e -> e).or(call::make);
        changes.add(description + ": " + error.map(Errno::name).orElse("OK"));
        return error.<Outcome>map(e -> new Outcome.Failed(e.from(name))).orElseGet(Outcome.Done::new);
    }
}
