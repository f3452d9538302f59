package io.bpfchain.agent.cgroup;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.DirectoryListing;
import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Cgroups as directories below a root; the inode number of the directory is the kernel's cgroup id. */
public final class MountedCgroups implements Cgroups {
    /** How the JVM tells EPERM, for which it has no exception. */
    private static final String NOT_PERMITTED = "Operation not permitted";

    private final Path root;

    /**
     * Cgroups below a directory.
     *
     * @param root of the paths, on a cgroup2 mount (see {@link CgroupRoot})
     */
    public MountedCgroups(Path root) {
        this.root = root;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public Resolution resolve(String pathOrGlob) {
        return switch (CgroupPattern.parse(pathOrGlob)) {
            case CgroupPattern.Parsed.Malformed malformed ->
                new Resolution.Refused(new Problem(
                        Problem.Kind.INVALID,
                        "InvalidCgroupPath",
                        pathOrGlob,
                        "resolve cgroup " + pathOrGlob + ": " + malformed.message(),
                        "Write a path such as /system.slice/sshd.service."));
            case CgroupPattern.Parsed.Pattern parsed -> resolve(parsed.pattern());
        };
    }

    private Resolution resolve(CgroupPattern pattern) {
        List<Cgroup> found = new ArrayList<>();
        try {
            addMatching(pattern, found);
        } catch (IOException e) {
            return new Resolution.Refused(unreadable(pattern, e));
        }
        if (!pattern.isGlob()) {
            return found.isEmpty()
                    ? new Resolution.Refused(noSuchCgroup(pattern))
                    : new Resolution.Found(found, List.of());
        }
        found.sort((a, b) -> a.path().compareTo(b.path()));
        return new Resolution.Found(found, found.isEmpty() ? List.of(nowhere(pattern)) : List.of(unprotected(pattern)));
    }

    private void addMatching(CgroupPattern pattern, List<Cgroup> to) throws IOException {
        int last = pattern.segments().size() - 1;
        if (last < 0) {
            cgroupAt(root).ifPresent(to::add);
            return;
        }
        String segment = pattern.segments().get(last);
        for (Path directory : matching(pattern, last)) {
            if (Cgroups.isGlob(segment)) {
                addChildren(directory, pattern, last, to);
            } else {
                cgroupAt(directory.resolve(segment)).ifPresent(to::add);
            }
        }
    }

    /** The last segment is where the many are: a listing tells their numbers. */
    private void addChildren(Path directory, CgroupPattern pattern, int index, List<Cgroup> to) throws IOException {
        String parent = path(directory);
        String prefix = parent.equals("/") ? parent : parent + "/";
        try {
            for (DirectoryListing.Child child : DirectoryListing.directories(directory)) {
                if (pattern.matches(index, child.name())) {
                    to.add(new Cgroup(child.inode(), prefix + child.name()));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // removed since its parent was listed: nothing in it matches any more
        }
    }

    /**
     * The directories that match the first {@code depth} segments now. Directories that vanish meanwhile are left out.
     *
     * @throws IOException where that cannot be told: what may not be looked at is not taken for absent
     */
    List<Path> matching(CgroupPattern pattern, int depth) throws IOException {
        List<Path> level = List.of(root);
        for (int i = 0; i < depth; i++) {
            List<Path> next = new ArrayList<>();
            for (Path candidate : candidates(level, pattern, i)) {
                if (isDirectory(candidate)) {
                    next.add(candidate);
                }
            }
            level = next;
        }
        return level;
    }

    /** Paths below some directories whose names match a segment, whatever they are. */
    private static List<Path> candidates(List<Path> directories, CgroupPattern pattern, int index) throws IOException {
        String segment = pattern.segments().get(index);
        List<Path> candidates = new ArrayList<>();
        for (Path directory : directories) {
            if (Cgroups.isGlob(segment)) {
                addNames(directory, pattern, index, candidates);
            } else {
                candidates.add(directory.resolve(segment));
            }
        }
        return candidates;
    }

    private static void addNames(Path directory, CgroupPattern pattern, int index, List<Path> to) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (pattern.matches(index, child.getFileName().toString())) {
                    to.add(child);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // removed since its parent was listed: nothing in it matches any more
        }
    }

    /** The cgroup at a path; empty when it is gone, and where it is no directory. */
    private Optional<Cgroup> cgroupAt(Path path) throws IOException {
        try {
            Map<String, Object> status = Files.readAttributes(path, "unix:ino,isDirectory", LinkOption.NOFOLLOW_LINKS);
            return status.get("ino") instanceof Number inode && Boolean.TRUE.equals(status.get("isDirectory"))
                    ? Optional.of(new Cgroup(inode.longValue(), path(path)))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private String path(Path directory) {
        String below = directory.toString().substring(root.toString().length());
        return below.startsWith("/") ? below : "/" + below;
    }

    private Problem noSuchCgroup(CgroupPattern pattern) {
        int depth = 0;
        while (depth < pattern.segments().size() && seemsDirectory(ancestor(pattern, depth + 1))) {
            depth++;
        }
        Path parent = ancestor(pattern, depth);
        String missing = depth < pattern.segments().size() ? pattern.segments().get(depth) : "";
        return new Problem(
                Problem.Kind.REFUSED,
                "NoSuchCgroup",
                pattern.text(),
                "resolve cgroup " + pattern.text() + " below " + root + ": no such cgroup; " + path(parent)
                        + " exists, but has no \"" + missing + "\"",
                SimilarName.of(missing, childNames(parent))
                        .map(similar -> "Did you mean " + path(parent.resolve(similar)) + "?")
                        .orElse(
                                "Start the service or slice first; a chain may also name a pattern (* and ?), which picks the"
                                        + " cgroup up when it appears."));
    }

    private Path ancestor(CgroupPattern pattern, int depth) {
        return root.resolve(String.join("/", pattern.segments().subList(0, depth)));
    }

    /** Only what the kernel says is not there counts as absent; "not permitted" is no such answer. */
    private static boolean isDirectory(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** For the words of a message. */
    private static boolean seemsDirectory(Path path) {
        try {
            return isDirectory(path);
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> childNames(Path parent) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent, MountedCgroups::seemsDirectory)) {
            children.forEach(c -> names.add(c.getFileName().toString()));
        } catch (IOException e) {
            return List.of(); // only for a suggestion
        }
        return names;
    }

    private Problem unreadable(CgroupPattern pattern, IOException error) {
        return switch (error) {
            case AccessDeniedException denied -> notPermitted(pattern, denied.getFile(), "EACCES");
            case FileSystemException denied
            when NOT_PERMITTED.equals(denied.getReason()) -> notPermitted(pattern, denied.getFile(), "EPERM");
            default ->
                new Problem(
                        Problem.Kind.FAILED,
                        "CgroupUnreadable",
                        pattern.text(),
                        "resolve cgroup " + pattern.text() + " below " + root + ": " + error,
                        "Look at the directory; bpfchain tries again at the next apply.");
        };
    }

    private static Problem notPermitted(CgroupPattern pattern, String directory, String error) {
        return new Problem(
                Problem.Kind.NOT_PERMITTED,
                "CgroupNotReadable",
                pattern.text(),
                "resolve cgroup " + pattern.text() + ": look at " + directory + ": " + error
                        + "; it is not permitted to look, which says nothing about what is there",
                "Run as root, or with CAP_DAC_READ_SEARCH, and see that no security policy (Landlock, LSM) hides cgroups.");
    }

    private static String nowhere(CgroupPattern pattern) {
        return "No cgroup matches " + pattern.text()
                + " now, so the chain runs nowhere until one comes and bpfchain attaches it.";
    }

    private static String unprotected(CgroupPattern pattern) {
        return "New cgroups that match " + pattern.text()
                + " run without this chain until bpfchain attaches it (bpfchain run does, within milliseconds); a chain on "
                + pattern.literalPrefix() + " covers them from birth.";
    }
}
