package io.bpfchain.planner.testing;

import io.bpfchain.planner.AttachType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code kernel/bpf/cgroup.c} does with programs of cgroups: {@code __cgroup_bpf_attach}, {@code __cgroup_bpf_detach},
 * {@code __cgroup_bpf_replace}, {@code hierarchy_allows_attach}, {@code find_attach_entry} and {@code compute_effective_progs}, checks
 * in the kernel's order. Cgroups are named by path; every call answers empty for success, or the error.
 */
public final class CgroupLists {
    /** BPF_CGROUP_MAX_PROGS. */
    public static final int MAX_PROGS = 64;

    /** The attach flags. */
    public enum Flag {
        OVERRIDE,
        MULTI,
        REPLACE,
        BEFORE,
        AFTER,
        PREORDER
    }

    /**
     * One attachment: a program, or a link that holds one.
     *
     * @param link the number of the link, or empty for a plain program
     */
    public record Attachment(int program, OptionalInt link, boolean preorder) {
        boolean isPlain(int id) {
            return link.isEmpty() && program == id;
        }
    }

    /**
     * The arguments of BPF_PROG_ATTACH.
     *
     * @param replaced the program behind {@code replace_bpf_fd}; ignored without {@link Flag#REPLACE}, as in the kernel
     * @param anchor the program behind {@code relative_fd}
     */
    public record Attach(
            int program, Set<Flag> flags, OptionalInt replaced, OptionalInt anchor, OptionalLong expectedRevision) {
        public Attach {
            flags = Set.copyOf(flags);
        }

        public static Attach of(int program, Flag... flags) {
            return new Attach(program, Set.of(flags), OptionalInt.empty(), OptionalInt.empty(), OptionalLong.empty());
        }

        public Attach replacing(int old) {
            return new Attach(program, flags, OptionalInt.of(old), anchor, expectedRevision);
        }

        public Attach at(int relative) {
            return new Attach(program, flags, replaced, OptionalInt.of(relative), expectedRevision);
        }

        public Attach expecting(OptionalLong revision) {
            return new Attach(program, flags, replaced, anchor, revision);
        }
    }

    private static final class ProgramList {
        private final List<Attachment> entries = new ArrayList<>();
        private Set<Flag> mode = Set.of();
        private long revision = 1;
    }

    private static final Set<Flag> MODES = EnumSet.of(Flag.OVERRIDE, Flag.MULTI);
    private static final Set<Flag> PLACES = EnumSet.of(Flag.BEFORE, Flag.AFTER);

    private final boolean mprog;
    private final Map<String, Map<AttachType, ProgramList>> cgroups = new TreeMap<>();

    /** Makes a hierarchy that has only its root. {@code mprog}: whether the kernel knows positions and revisions. */
    public CgroupLists(boolean mprog) {
        this.mprog = mprog;
        cgroups.put("/", new EnumMap<>(AttachType.class));
    }

    /** Makes a cgroup. Its parents need not exist: a path without a cgroup holds nothing. */
    public void mkdir(String path) {
        cgroups.putIfAbsent(path, new EnumMap<>(AttachType.class));
    }

    public void rmdir(String path) {
        cgroups.remove(path);
    }

    public boolean exists(String path) {
        return cgroups.containsKey(path);
    }

    public List<Attachment> entries(String path, AttachType type) {
        return List.copyOf(list(path, type).entries);
    }

    public long revision(String path, AttachType type) {
        return list(path, type).revision;
    }

    /** MULTI, OVERRIDE or none. */
    public Set<Flag> mode(String path, AttachType type) {
        return list(path, type).mode;
    }

    /** BPF_PROG_ATTACH. */
    public Optional<Errno> attach(String path, AttachType type, Attach call) {
        Set<Flag> flags = call.flags();
        boolean replaces = flags.contains(Flag.REPLACE);
        if (!mprog
                && (flags.stream().anyMatch(PLACES::contains)
                        || call.anchor().isPresent()
                        || call.expectedRevision().orElse(0) != 0)) {
            return Optional.of(Errno.EINVAL);
        }
        if (flags.containsAll(MODES)
                || (replaces && !flags.contains(Flag.MULTI))
                || (replaces && flags.stream().anyMatch(PLACES::contains))) {
            return Optional.of(Errno.EINVAL);
        }
        if (replaces && call.replaced().isEmpty()) {
            return Optional.of(Errno.EBADF);
        }
        ProgramList list = list(path, type);
        Optional<Errno> refused = mayChange(path, type, call.expectedRevision(), modeOf(flags));
        if (refused.isPresent()) {
            return refused;
        }
        if (!flags.contains(Flag.MULTI)) {
            list.entries.clear();
            return insert(list, new Attachment(call.program(), OptionalInt.empty(), false), flags, 0);
        }
        boolean twice = list.entries.stream().anyMatch(e -> e.isPlain(call.program()));
        if (twice && !(replaces && call.replaced().equals(OptionalInt.of(call.program())))) {
            return Optional.of(Errno.EINVAL);
        }
        Attachment added = new Attachment(call.program(), OptionalInt.empty(), flags.contains(Flag.PREORDER));
        return replaces ? replace(list, added, call.replaced().getAsInt()) : place(list, added, call);
    }

    private static Optional<Errno> replace(ProgramList list, Attachment by, int old) {
        for (int i = 0; i < list.entries.size(); i++) {
            if (list.entries.get(i).isPlain(old)) {
                list.entries.set(i, by);
                list.revision++;
                return Optional.empty();
            }
        }
        return Optional.of(Errno.ENOENT);
    }

    private static Optional<Errno> place(ProgramList list, Attachment added, Attach call) {
        boolean before = call.flags().contains(Flag.BEFORE);
        boolean after = call.flags().contains(Flag.AFTER);
        if ((call.anchor().isPresent() && !before && !after) || (before && after && !list.entries.isEmpty())) {
            return Optional.of(Errno.EINVAL);
        }
        if (call.anchor().isEmpty()) {
            return insert(list, added, call.flags(), before ? 0 : list.entries.size());
        }
        for (int i = 0; i < list.entries.size(); i++) {
            if (list.entries.get(i).isPlain(call.anchor().getAsInt())) {
                return insert(list, added, call.flags(), before ? i : i + 1);
            }
        }
        return Optional.of(Errno.ENOENT);
    }

    private static Optional<Errno> insert(ProgramList list, Attachment added, Set<Flag> flags, int at) {
        list.mode = modeOf(flags);
        list.entries.add(at, added);
        list.revision++;
        return Optional.empty();
    }

    /** BPF_LINK_CREATE at the tail: links are always attached with MULTI. */
    public Optional<Errno> linkCreate(String path, AttachType type, int link, int program, boolean preorder) {
        Optional<Errno> refused = mayChange(path, type, OptionalLong.empty(), Set.of(Flag.MULTI));
        if (refused.isPresent()) {
            return refused;
        }
        ProgramList list = list(path, type);
        Attachment added = new Attachment(program, OptionalInt.of(link), preorder);
        return insert(list, added, Set.of(Flag.MULTI), list.entries.size());
    }

    /** BPF_PROG_DETACH. On an exclusive list the program is ignored and whatever is there goes. */
    public Optional<Errno> detach(String path, AttachType type, OptionalInt program, OptionalLong expectedRevision) {
        ProgramList list = list(path, type);
        if (!exists(path)) {
            return Optional.of(Errno.ENOENT);
        }
        if (expectedRevision.orElse(0) != 0) {
            if (!mprog) {
                return Optional.of(Errno.EINVAL);
            }
            if (expectedRevision.getAsLong() != list.revision) {
                return Optional.of(Errno.ESTALE);
            }
        }
        boolean multi = list.mode.contains(Flag.MULTI);
        if (multi && program.isEmpty()) {
            return Optional.of(Errno.EINVAL);
        }
        for (Attachment entry : list.entries) {
            if (!multi || entry.isPlain(program.getAsInt())) {
                list.entries.remove(entry);
                list.mode = list.entries.isEmpty() ? Set.of() : list.mode;
                list.revision++;
                return Optional.empty();
            }
        }
        return Optional.of(Errno.ENOENT);
    }

    /** The programs that run for a task of the cgroup: PREORDER ones first, ancestors first; then its own before its parent's. */
    public List<Integer> effective(String path, AttachType type) {
        List<Integer> preordered = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (String at = path; ; at = parent(at)) {
            ProgramList list = list(at, type);
            if ((preordered.isEmpty() && others.isEmpty()) || list.mode.contains(Flag.MULTI)) {
                List<Integer> first = new ArrayList<>();
                list.entries.forEach(e -> (e.preorder() ? first : others).add(e.program()));
                preordered.addAll(0, first);
            }
            if (at.equals("/")) {
                preordered.addAll(others);
                return preordered;
            }
        }
    }

    /** The nearest ancestor that has programs of this type. */
    public Optional<String> above(String path, AttachType type) {
        String at = path;
        while (!at.equals("/")) {
            at = parent(at);
            if (!list(at, type).entries.isEmpty()) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private Optional<Errno> mayChange(String path, AttachType type, OptionalLong expected, Set<Flag> mode) {
        if (!exists(path)) {
            return Optional.of(Errno.ENOENT);
        }
        ProgramList list = list(path, type);
        if (expected.orElse(0) != 0 && expected.getAsLong() != list.revision) {
            return Optional.of(Errno.ESTALE);
        }
        boolean allowedAbove =
                above(path, type).map(a -> !list(a, type).mode.isEmpty()).orElse(true);
        if (!allowedAbove || (!list.entries.isEmpty() && !list.mode.equals(mode))) {
            return Optional.of(Errno.EPERM);
        }
        boolean multi = mode.contains(Flag.MULTI);
        return multi && list.entries.size() >= MAX_PROGS ? Optional.of(Errno.E2BIG) : Optional.empty();
    }

    private static Set<Flag> modeOf(Set<Flag> flags) {
        Set<Flag> mode = EnumSet.noneOf(Flag.class);
        mode.addAll(flags);
        mode.retainAll(MODES);
        return mode;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    private ProgramList list(String path, AttachType type) {
        Map<AttachType, ProgramList> lists = cgroups.get(path);
        return lists == null ? new ProgramList() : lists.computeIfAbsent(type, t -> new ProgramList());
    }
}
