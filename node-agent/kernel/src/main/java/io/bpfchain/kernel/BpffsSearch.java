package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * Looks at the given directory, or else at {@code /sys/fs/bpf}. Mounts nothing. A bpffs that is mounted elsewhere belongs to
     * somebody: without being asked for it is only named.
     */
    public static Result find(Optional<Path> wanted) {
        MountTable mounts;
        try {
            mounts = MountTable.read();
        } catch (IOException e) {
            return new Result.Missing("The mounts of this process cannot be read: " + e, "Mount /proc.");
        }
        if (wanted.isEmpty() && !usualIsThere()) {
            return notMounted(mounts);
        }
        return examine(wanted.orElse(USUAL).toAbsolutePath().normalize(), mounts);
    }

    /** Whether a bpffs is mounted at {@link #USUAL}. */
    public static boolean usualIsThere() {
        return Native.fileSystem(Native.path(USUAL)) == BPF_FS_MAGIC;
    }

    static Result.Missing notMounted(MountTable mounts) {
        List<String> others = mounts.reachable("bpf").stream()
                .map(MountTable.Mount::at)
                .distinct()
                .toList();
        if (others.isEmpty()) {
            return new Result.Missing(
                    "No BPF file system is mounted at " + USUAL + ".",
                    "Mount one on the host: mount -t bpf bpf " + USUAL);
        }
        String named = String.join(", ", others.subList(0, Math.min(3, others.size())))
                + (others.size() > 3 ? " and " + (others.size() - 3) + " more" : "");
        return new Result.Missing(
                "No BPF file system is mounted at " + USUAL + "; what is mounted at " + named
                        + " may be somebody else's and is not used unasked.",
                "Mount the usual one on the host (mount -t bpf bpf " + USUAL + "), or use the other: --bpffs "
                        + others.getFirst());
    }

    private static Result examine(Path path, MountTable mounts) {
        long type = Native.fileSystem(Native.path(path));
        if (type < 0) {
            return new Result.Missing(
                    "The directory " + path + " cannot be looked at: " + Errno.name((int) -type) + ".",
                    "Name a directory on a BPF file system.");
        }
        if (type != BPF_FS_MAGIC) {
            return new Result.Missing(
                    path + " is not on a BPF file system.",
                    "Name a directory on one, or mount one on an empty directory of the host: mount -t bpf bpf DIRECTORY");
        }
        if (mounts.holding(path.toString()).map(MountTable.Mount::readOnly).orElse(false)) {
            return new Result.Missing(
                    "The BPF file system at " + path + " is mounted read-only.",
                    "Mount it writable: mount -o remount,rw " + path + "; in a pod, without readOnly.");
        }
        return new Result.Found(new Bpffs(path));
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
                    "No BPF file system is mounted at " + USUAL
                            + ", and this process is not in the host's mount namespace, where one would last.",
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
