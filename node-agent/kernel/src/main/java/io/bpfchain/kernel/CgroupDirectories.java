package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Hook;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Open directories of cgroups, the latest used ones. A descriptor keeps meaning the cgroup that it was opened on: when that is removed
 * the kernel answers ENOENT, also when a directory of the same name was made since. Not safe for several threads.
 */
final class CgroupDirectories implements AutoCloseable {
    /** A descriptor each; the JVM raises its soft limit to the hard one, which is far higher on any host that runs this. */
    private static final int MOST = 1024;

    /** So many are opened for one piece of work; others wait that long for the kernel's port. */
    private static final int AT_ONCE = 256;

    private static final int STANDARD_ERROR = 2;

    private final Path mount;
    private final Map<String, Directory> open = new LinkedHashMap<>(16, 0.75f, true);

    CgroupDirectories(Path mount) {
        this.mount = mount;
        Thread.ofPlatform().daemon().name("descriptor-table").start(CgroupDirectories::reserve);
    }

    /**
     * The kernel doubles a process's table of descriptors whenever it is full, and in a process with several threads waits for an RCU
     * grace period each time ({@code expand_fdtable()} in fs/file.c): milliseconds. So that is done once, by a thread that nobody waits
     * for, before a chain's cgroups are opened; where the limit is lower, the table grows as it may.
     */
    private static void reserve() {
        Native.reserveFds(STANDARD_ERROR, MOST);
    }

    private record Directory(Fd fd, long id) {}

    /** What {@link #open} answered last; steps come in runs at one hook. */
    private @Nullable Cgroup latest;

    private int latestFd;

    /** Returns the descriptor, or -errno; -ENOENT also where another cgroup stands under the path now. */
    int open(Cgroup cgroup) {
        if (cgroup.equals(latest)) {
            return latestFd;
        }
        int fd = find(cgroup);
        if (fd >= 0) {
            latest = cgroup;
            latestFd = fd;
        }
        return fd;
    }

    /**
     * Works at hooks whose cgroups are open, as many together as have one attach type and may be open together; answer {@code i} is of
     * hook {@code i}. What cannot be opened, {@link #open} tells the work.
     */
    <A> List<A> opened(List<Hook> hooks, Function<List<Hook>, List<A>> work) {
        List<A> answers = new ArrayList<>(hooks.size());
        int from = 0;
        while (from < hooks.size()) {
            AttachType type = hooks.get(from).attachType();
            int to = from + 1;
            while (to < hooks.size() && to - from < AT_ONCE && hooks.get(to).attachType() == type) {
                to++;
            }
            List<Hook> some = hooks.subList(from, to);
            if (openAll(some.stream().map(Hook::cgroup).toList())) {
                answers.addAll(work.apply(some));
            } else {
                some.forEach(hook -> answers.addAll(work.apply(List.of(hook))));
            }
            from = to;
        }
        return answers;
    }

    /**
     * Opens those that are not, in one call, so that {@link #open} finds them; what else went wrong with one, it tells. Their
     * descriptors are valid together until the next one is opened.
     *
     * @param cgroups at most as many as are kept open
     * @return whether the process may have so many descriptors
     */
    private boolean openAll(List<Cgroup> cgroups) {
        List<Cgroup> missing = cgroups.stream().filter(c -> known(c) == null).toList();
        if (missing.isEmpty()) {
            return true;
        }
        ByteBuffer opened = Native.buffer(missing.size() * Native.OPENED_BYTES);
        if (Native.openDirectories(paths(missing), missing.size(), opened) < 0) {
            return false;
        }
        boolean room = true;
        for (int i = 0; i < missing.size(); i++) {
            int at = i * Native.OPENED_BYTES;
            int fd = opened.getInt(at + Native.OPENED_FD);
            if (fd >= 0) {
                String path = missing.get(i).path();
                forget(path);
                keep(path, new Fd(fd, path), opened.getLong(at));
            }
            room &= fd != -Errno.EMFILE;
        }
        return room;
    }

    private ByteBuffer paths(List<Cgroup> cgroups) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        String prefix =
                mount.equals(mount.getRoot()) ? "" : mount.toAbsolutePath().toString();
        for (Cgroup cgroup : cgroups) {
            text.writeBytes((prefix + cgroup.path()).getBytes(StandardCharsets.UTF_8));
            text.write(0);
        }
        return Native.buffer(text.size()).put(text.toByteArray());
    }

    private @Nullable Directory known(Cgroup cgroup) {
        Directory known = open.get(cgroup.path());
        return known != null && known.id() == cgroup.id() ? known : null;
    }

    private int find(Cgroup cgroup) {
        Directory known = known(cgroup);
        if (known != null) {
            return known.fd().number();
        }
        int fd = openPath(cgroup.path());
        if (fd < 0) {
            return fd;
        }
        return idOf(cgroup.path()) == cgroup.id() ? fd : -Errno.ENOENT;
    }

    /** The same for an ancestor, of which only the path is known. */
    int openPath(String path) {
        forget(path);
        while (true) {
            int fd = Native.openDirectory(Native.path(resolve(path)));
            if (fd == -Errno.EMFILE && !open.isEmpty()) {
                forget(open.keySet().iterator().next());
                continue;
            }
            if (fd >= 0) {
                long id = Native.inode(fd);
                if (!keep(path, new Fd(fd, path), id)) {
                    return (int) id; // not known is not gone
                }
            }
            return fd;
        }
    }

    /** Whether the directory's id is known, without which it is closed. */
    private boolean keep(String path, Fd directory, long id) {
        if (id < 0) {
            directory.close();
            return false;
        }
        open.put(path, new Directory(directory, id));
        if (open.size() > MOST) {
            forget(open.keySet().iterator().next());
        }
        return true;
    }

    /** An ancestor that may have been opened before; it cannot have been made anew while a cgroup below it lives. */
    int openAncestor(String path) {
        Directory known = open.get(path);
        return known != null ? known.fd().number() : openPath(path);
    }

    /** The cgroup id of a path that is open. */
    long idOf(String path) {
        Directory directory = open.get(path);
        return directory == null ? 0 : directory.id();
    }

    void forget(String path) {
        latest = null;
        Directory directory = open.remove(path);
        if (directory != null) {
            directory.fd().close();
        }
    }

    Path resolve(String path) {
        return path.equals("/") ? mount : mount.resolve(path.substring(1));
    }

    @Override
    public void close() {
        latest = null;
        open.values().forEach(directory -> directory.fd().close());
        open.clear();
    }
}
