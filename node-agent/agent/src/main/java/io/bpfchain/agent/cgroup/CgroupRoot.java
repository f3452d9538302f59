package io.bpfchain.agent.cgroup;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.MountTable;
import io.bpfchain.kernel.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where this machine's version 2 hierarchy is. Sealed: it is there, or it is not and the problem says what to do. */
public sealed interface CgroupRoot {
    /** The directory that cgroup paths are below. */
    record Found(Path directory) implements CgroupRoot {}

    record NotFound(Problem problem) implements CgroupRoot {}

    /**
     * Finds it.
     *
     * @param chosen the directory that the user named ({@code --cgroup-root}), which must lie on a cgroup2 mount
     */
    static CgroupRoot find(Optional<Path> chosen) {
        try {
            return decide(MountTable.read(), chosen.isPresent() ? Optional.of(real(chosen.get())) : chosen);
        } catch (java.nio.file.NoSuchFileException e) {
            return new NotFound(noSuchDirectory(String.valueOf(e.getFile())));
        } catch (IOException e) {
            return new NotFound(new Problem(
                    Problem.Kind.FAILED,
                    "MountsUnreadable",
                    MountTable.MOUNTINFO.toString(),
                    "read " + MountTable.MOUNTINFO + ": " + e.getMessage(),
                    "Mount /proc, or run bpfchain where it is mounted."));
        }
    }

    /**
     * The choice, from the mounts alone. There is one version 2 hierarchy on a machine; its mounts differ in how much of it
     * they show. In a cgroup namespace a mount that was inherited from outside has the root field {@code /..} (or more of them) and shows
     * more than one with {@code /}, so the one that reaches highest is taken. A mount of a mere part of the hierarchy is never
     * taken unasked: a path such as {@code /system.slice} would mean something else there.
     */
    static CgroupRoot decide(MountTable table, Optional<Path> chosen) {
        if (chosen.isPresent()) {
            return decideChosen(table, chosen.get());
        }
        List<Mount> mounts = table.reachable("cgroup2");
        if (mounts.isEmpty()) {
            return new NotFound(noCgroup2());
        }
        return mounts.stream()
                .filter(m -> levelsAbove(m.root()) >= 0)
                .max(CgroupRoot::compare)
                .<CgroupRoot>map(m -> new Found(Path.of(m.at())))
                .orElseGet(() -> new NotFound(onlyParts(mounts)));
    }

    /** The one that reaches higher, and of those that reach as high the one with the shorter path. */
    private static int compare(Mount a, Mount b) {
        int levels = Integer.compare(levelsAbove(a.root()), levelsAbove(b.root()));
        return levels != 0 ? levels : Integer.compare(b.at().length(), a.at().length());
    }

    private static CgroupRoot decideChosen(MountTable table, Path chosen) {
        Optional<Mount> mount = table.holding(chosen.toString());
        if (mount.isEmpty() || !mount.get().fileSystem().equals("cgroup2")) {
            return new NotFound(new Problem(
                    Problem.Kind.REFUSED,
                    "NotCgroup2",
                    chosen.toString(),
                    "use " + chosen + " as cgroup root: it lies on a "
                            + mount.map(Mount::fileSystem).orElse("missing") + " mount, not on cgroup2",
                    table.reachable("cgroup2").isEmpty()
                            ? noCgroup2().remedy()
                            : "Name a directory below "
                                    + table.reachable("cgroup2").stream()
                                            .map(Mount::at)
                                            .collect(Collectors.joining(" or "))
                                    + "."));
        }
        return new Found(chosen);
    }

    /** 0 for {@code /}, n for n times {@code /..}, -1 for a part of the hierarchy. */
    private static int levelsAbove(String root) {
        if (root.equals("/")) {
            return 0;
        }
        return root.matches("(/\\.\\.)+") ? root.length() / "/..".length() : -1;
    }

    private static Path real(Path chosen) throws IOException {
        return chosen.toRealPath();
    }

    private static Problem noSuchDirectory(String directory) {
        return new Problem(
                Problem.Kind.REFUSED,
                "NoSuchDirectory",
                directory,
                "use " + directory + " as cgroup root: no such directory",
                "Name an existing directory on a cgroup2 mount with --cgroup-root, or leave the option out.");
    }

    private static Problem noCgroup2() {
        return new Problem(
                Problem.Kind.REFUSED,
                "NoCgroup2",
                "/proc/self/mountinfo",
                "find the cgroup2 hierarchy: no file system of type cgroup2 is mounted",
                "Mount it (mount -t cgroup2 none /sys/fs/cgroup/unified), or boot with"
                        + " systemd.unified_cgroup_hierarchy=1; in a container, mount the host's /sys/fs/cgroup.");
    }

    private static Problem onlyParts(List<Mount> mounts) {
        return new Problem(
                Problem.Kind.REFUSED,
                "AmbiguousCgroupRoot",
                "/proc/self/mountinfo",
                "find the cgroup2 hierarchy: only parts of it are mounted: "
                        + mounts.stream().map(m -> m.root() + " at " + m.at()).collect(Collectors.joining(", ")),
                "Say which one cgroup paths are relative to: --cgroup-root "
                        + mounts.getFirst().at() + ".");
    }
}
