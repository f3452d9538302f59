package io.bpfchain.planner;

import java.util.Objects;

/**
 * A cgroup of the version 2 hierarchy. The id (inode number of its directory) is its identity; the path says where it was
 * found and is for people: a directory can be removed and made again under the same path.
 *
 * @param id the kernel's cgroup id
 * @param path below the cgroup2 mount, begins with a slash; the root itself is {@code /}
 */
public record Cgroup(long id, String path) {
    public Cgroup {
        Objects.requireNonNull(path);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("cgroup path must begin with /: " + path);
        }
    }

    /** The path of the cgroup above; of the root the root. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    // As in EntryId: a chain may be on thousands of them.
    @Override
    public boolean equals(Object other) {
        return other instanceof Cgroup cgroup && id == cgroup.id && path.equals(cgroup.path);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }
}
