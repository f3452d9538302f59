package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel.KernelError;
import io.bpfchain.planner.Kernel.Observation;
import io.bpfchain.planner.Kernel.ReadBack;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.ObservedHook.Above;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads what hooks run and who owns it. Not safe for several threads. */
final class Observer {
    static final String QUERY = "BPF_PROG_QUERY";

    /** The root of the hierarchy always has this id ({@code kernfs_create_root()}). */
    private static final long ROOT_ID = 1;

    private final CgroupDirectories directories;
    private final OurPrograms programs;
    private final Lists lists;
    private final Links links = new Links();

    Observer(CgroupDirectories directories, OurPrograms programs, Lists lists) {
        this.directories = directories;
        this.programs = programs;
        this.lists = lists;
    }

    /** What the hooks run now; answer {@code i} is of hook {@code i}. */
    List<Observation> observe(List<Hook> hooks) {
        return looks(hooks, look -> look.each(look::observe));
    }

    /** The same without owners, and without what is above. */
    List<ReadBack> readBack(List<Hook> hooks) {
        return looks(hooks, look -> look.each(look::readBack));
    }

    private <A> List<A> looks(List<Hook> hooks, Function<Look, List<A>> answers) {
        return directories.opened(hooks, some -> answers.apply(new Look(some)));
    }

    /** Some hooks of one attach type, seen at one time: what is the same for all of them is asked once. */
    private final class Look {
        private final List<Hook> hooks;
        private final AttachType type;
        private final int[] cgroups;
        private final ListRows rows;
        private @Nullable Boolean linksKnown;
        private final Map<String, Above> aboveIn = new HashMap<>();

        /** The latest list that only had programs of ours, attached as such. The hooks of a chain mostly have the same, so it is made once. */
        private List<Entry> plain = List.of();

        private int plainRow = -1;

        /** The latest list that was read back; mostly the next one has the same. */
        private List<EntryId> latest = List.of();

        private int latestRow = -1;

        private Look(List<Hook> hooks) {
            this.hooks = hooks;
            this.type = hooks.getFirst().attachType();
            this.cgroups =
                    hooks.stream().mapToInt(h -> directories.open(h.cgroup())).toArray();
            this.rows = ListRows.read(cgroups, type);
        }

        /** Who holds an entry is told as not known where links cannot be looked for. */
        private boolean linksKnown() {
            if (linksKnown == null) {
                try {
                    links.findNew();
                    linksKnown = true;
                } catch (BpfException e) {
                    linksKnown = false;
                }
            }
            return linksKnown;
        }

        private <A> List<A> each(IntFunction<A> answer) {
            return IntStream.range(0, hooks.size()).mapToObj(answer).toList();
        }

        /** What kept the list of a hook from being read. */
        private Optional<KernelError> error(int i) {
            if (cgroups[i] < 0) {
                return Optional.of(Errno.of("open", cgroups[i]));
            }
            return rows.result(i) < 0 ? Optional.of(Errno.of(QUERY, rows.result(i))) : Optional.empty();
        }

        private ReadBack readBack(int i) {
            Optional<KernelError> error = error(i);
            if (error.isPresent()) {
                return new ReadBack.Failed(error.get());
            }
            if (latestRow < 0 || !rows.alike(i, latestRow)) {
                latest = List.copyOf(rows.ids(i));
                latestRow = i;
            }
            return new ReadBack.Seen(rows.mode(i), latest, rows.revision(i));
        }

        private Observation observe(int i) {
            return error(i).<Observation>map(Observation.Failed::new).orElseGet(() -> new Observation.Seen(seen(i)));
        }

        private ObservedHook seen(int i) {
            Hook hook = hooks.get(i);
            List<Entry> entries = entriesOf(i);
            return new ObservedHook(hook, rows.mode(i), entries, rows.revision(i), above(hook.cgroup(), entries));
        }

        private List<Entry> entriesOf(int i) {
            long cgroup = hooks.get(i).cgroup().id();
            List<EntryId> linked = linked(cgroup);
            boolean maybePlain = linked != null && linked.isEmpty();
            if (maybePlain && plainRow >= 0 && rows.alike(i, plainRow)) {
                return plain;
            }
            List<Entry> entries = entries(rows.ids(i), linked);
            if (maybePlain && entries.stream().allMatch(Entry::ours)) {
                plain = List.copyOf(entries);
                plainRow = i;
                return plain;
            }
            return entries;
        }

        /** The programs that links hold at a cgroup; null where that cannot be told. */
        private @Nullable List<EntryId> linked(long cgroup) {
            if (!linksKnown()) {
                return null;
            }
            try {
                return links.at(cgroup, type).stream().map(LinkInfo::program).toList();
            } catch (BpfException e) {
                return null;
            }
        }

        private List<Entry> entries(List<EntryId> ids, @Nullable List<EntryId> linked) {
            List<Entry> entries = new ArrayList<>(ids.size());
            for (EntryId id : ids) {
                OurPrograms.Described program = programs.describe(id);
                Holder holder = linked == null ? Holder.UNKNOWN : holder(id, ids, linked);
                entries.add(new Entry(id, program.name(), holder, program.owner()));
            }
            return entries;
        }

        private Above above(Cgroup cgroup, List<Entry> local) {
            // With nothing here, the effective list is what the ancestors have: one call, also where they cannot be
            // seen.
            if (local.isEmpty()
                    && lists.query(directories.open(cgroup), type, Native.EFFECTIVE) == 0
                    && lists.count() == 0) {
                return new Above.Nothing();
            }
            String path = cgroup.path();
            return path.equals("/") ? beyondRoot() : aboveIn.computeIfAbsent(Cgroup.parent(path), this::from);
        }

        /** The nearest list at a cgroup or above it. */
        private Above from(String cgroup) {
            String path = cgroup;
            while (true) {
                int ancestor = directories.openAncestor(path);
                if (ancestor < 0) {
                    return new Above.Unknown("cannot open the ancestor " + path + ": " + Errno.name(-ancestor));
                }
                int result = lists.query(ancestor, type, 0);
                if (result < 0) {
                    directories.forget(path);
                    return new Above.Unknown("cannot query the ancestor " + path + ": " + Errno.name(-result));
                }
                if (lists.count() > 0) {
                    ListMode mode = lists.mode();
                    return new Above.List(path, mode, entries(lists.ids(), linked(directories.idOf(path))));
                }
                if (path.equals("/")) {
                    return beyondRoot();
                }
                path = Cgroup.parent(path);
            }
        }
    }

    /** The same program can be in a list by itself and by links; then the ids alone do not tell which is which. */
    private static Holder holder(EntryId id, List<EntryId> ids, List<EntryId> linked) {
        int times = Collections.frequency(linked, id);
        if (times == 0) {
            return Holder.PROGRAM;
        }
        return times == Collections.frequency(ids, id) ? Holder.LINK : Holder.UNKNOWN;
    }

    /** The given root may not be the hierarchy's: a cgroup namespace, or a subtree by choice. */
    private Above beyondRoot() {
        if (directories.openAncestor("/") >= 0 && directories.idOf("/") == ROOT_ID) {
            return new Above.Nothing();
        }
        return new Above.Unknown("the cgroups above " + directories.resolve("/") + " are not visible from here");
    }
}
