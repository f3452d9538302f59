package io.bpfchain.kernel.testing;

import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/** A cgroup of the test's own below the machine's cgroup2 mount; close removes it and everything below it. */
public final class TestCgroup implements AutoCloseable {
    private final Path root;
    private final Path directory;

    private TestCgroup(Path root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /** Makes {@code /bpfchain-test-<random>}. */
    public static TestCgroup create() {
        Path root = mount();
        try {
            return new TestCgroup(
                    root,
                    Files.createDirectory(root.resolve(
                            "bpfchain-test-" + UUID.randomUUID().toString().substring(0, 8))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cgroup2 mount point of this machine. */
    public static Path mount() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.map(l -> l.split(" "))
                    .filter(f -> f[2].equals("cgroup2"))
                    .map(f -> Path.of(f[1]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no cgroup2 mount"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes (if need be) and returns a cgroup below this one. */
    public TestCgroup child(String relative) {
        try {
            return new TestCgroup(root, Files.createDirectories(directory.resolve(relative)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** The path below the cgroup2 root, with a leading slash. */
    public String path() {
        return "/" + root.relativize(directory);
    }

    public Cgroup cgroup() {
        try {
            return new Cgroup(((Number) Files.getAttribute(directory, "unix:ino")).longValue(), path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves a process in. */
    public void add(long pid) {
        try {
            Files.writeString(directory.resolve("cgroup.procs"), Long.toString(pid));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves the processes that are left to the root and removes the whole subtree. */
    @Override
    public void close() {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path d : walk.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                for (String pid : Files.readAllLines(d.resolve("cgroup.procs"))) {
                    Files.writeString(root.resolve("cgroup.procs"), pid);
                }
                Files.deleteIfExists(d);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
