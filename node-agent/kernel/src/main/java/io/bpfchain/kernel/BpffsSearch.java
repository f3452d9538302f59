package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the BPF file system that pins go to. */
public final class BpffsSearch {
    /** Where systemd mounts it. */
    public static final Path USUAL = Path.of("/sys/fs/bpf");

    private static final long BPF_FS_MAGIC = 0xcafe4a11L;

    /** PROC_PID_INIT_INO: the only namespace with a fixed number that tells host from container. */
    private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

    private BpffsSearch() {}

    /** What was found. */
    public sealed interface Result {
        record Found(Bpffs bpffs) implements Result {}

        /** Nothing that can be written to; whole sentences. */
        record Missing(String message, String remedy) implements Result {}
    }

    /** Looks at the given directory, or else at {@code /sys/fs/bpf}, or else at any bpffs that is mounted. Mounts nothing. */
    public static Result find(Optional<Path> wanted) {
        List<MountTable.Mount> mounts;
        try {
            mounts = MountTable.read();
        } catch (IOException e) {
            return new Result.Missing("The mounts of this process cannot be read: " + e, "Mount /proc.");
        }
        Optional<Path> directory = wanted.isPresent() ? wanted : usual(mounts);
        if (directory.isEmpty()) {
            return new Result.Missing(
                    "No BPF file system is mounted.", "Mount one on the host: mount -t bpf bpf " + USUAL);
        }
        Path path = directory.get().toAbsolutePath().normalize();
        long type = Native.fileSystem(Native.path(path));
        if (type < 0) {
            return new Result.Missing(
                    "The directory " + path + " cannot be looked at: " + Errno.name((int) -type) + ".",
                    "Name a directory on a BPF file system.");
        }
        if (type != BPF_FS_MAGIC) {
            return new Result.Missing(
                    path + " is not on a BPF file system.", "Mount one on the host: mount -t bpf bpf " + path);
        }
        if (readOnly(mounts, path)) {
            return new Result.Missing(
                    "The BPF file system at " + path + " is mounted read-only.",
                    "Mount it writable: mount -o remount,rw " + path + "; in a pod, without readOnly.");
        }
        return new Result.Found(new Bpffs(path));
    }

    private static Optional<Path> usual(List<MountTable.Mount> mounts) {
        if (Native.fileSystem(Native.path(USUAL)) == BPF_FS_MAGIC) {
            return Optional.of(USUAL);
        }
        return mounts.stream()
                .filter(m -> m.type().equals("bpf"))
                .map(MountTable.Mount::at)
                .filter(at -> Native.fileSystem(Native.path(at)) == BPF_FS_MAGIC)
                .findFirst();
    }

    /** Of several mounts over each other the last one counts. */
    private static boolean readOnly(List<MountTable.Mount> mounts, Path path) {
        return mounts.stream()
                .filter(m -> path.startsWith(m.at()))
                .max(Comparator.comparingInt(m -> m.at().getNameCount()))
                .map(top -> mounts.stream()
                        .filter(m -> m.at().equals(top.at()))
                        .toList()
                        .getLast()
                        .readOnly())
                .orElse(false);
    }

    /**
     * Whether a mount made now would be the host's: pins in a private mount namespace die with it. True only in the initial PID
     * namespace and in the mount namespace of process 1.
     */
    public static boolean inHostMountNamespace() {
        try {
            Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                            .toString()
                            .equals(INITIAL_PID_NAMESPACE)
                    && Files.readSymbolicLink(Path.of("/proc/1/ns/mnt")).equals(ours);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Mounts a BPF file system at {@code /sys/fs/bpf} as systemd does at boot; for hosts without systemd, and only when the
     * caller decided to. Refuses outside the host's mount namespace.
     */
    public static Result mountUsual() {
        if (!inHostMountNamespace()) {
            return new Result.Missing(
                    "No BPF file system is mounted, and this process is not in the host's mount namespace, where one would last.",
                    "Mount one on the host: mount -t bpf bpf " + USUAL);
        }
        int result = Native.mountBpffs(Native.path(USUAL));
        if (result < 0) {
            return new Result.Missing(
                    "Mounting a BPF file system at " + USUAL + " failed: " + Errno.name(-result) + ".",
                    "Run as root with CAP_SYS_ADMIN, or mount it: mount -t bpf bpf " + USUAL);
        }
        return find(Optional.of(USUAL));
    }
}
