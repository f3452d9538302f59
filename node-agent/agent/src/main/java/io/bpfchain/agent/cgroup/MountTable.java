package io.bpfchain.agent.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of a mount namespace, as {@code /proc/self/mountinfo} tells them (proc_pid_mountinfo(5)).
 *
 * @param mounts in the kernel's order
 */
record MountTable(List<Mount> mounts) {
    MountTable {
        mounts = List.copyOf(mounts);
    }

    /**
     * One line.
     *
     * @param root which directory of the file system is mounted; in a cgroup namespace a mount from outside shows {@code /..}
     * @param mountPoint where, relative to the process's root directory
     */
    record Mount(int id, int parent, String root, String mountPoint, String fileSystem) {}

    /** Reads the text of mountinfo; lines that are none are skipped, because the kernel may add fields but never such lines. */
    static MountTable parse(String mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : mountinfo.lines().toList()) {
            String[] halves = line.split(" - ", 2);
            String[] fields = halves[0].split(" ", -1);
            if (halves.length == 2 && fields.length >= 6) {
                mounts.add(new Mount(
                        Integer.parseInt(fields[0]),
                        Integer.parseInt(fields[1]),
                        unescape(fields[3]),
                        unescape(fields[4]),
                        halves[1].split(" ", 2)[0]));
            }
        }
        return new MountTable(mounts);
    }

    /** The mounts of a type that can be reached: those that no other mount covers at the same place. */
    List<Mount> reachable(String fileSystem) {
        return mounts.stream()
                .filter(m -> m.fileSystem().equals(fileSystem))
                .filter(m -> mounts.stream()
                        .noneMatch(over -> over.parent() == m.id()
                                && over.id() != m.id()
                                && over.mountPoint().equals(m.mountPoint())))
                .toList();
    }

    /** The mount that a path lies on: the one with the longest mount point; of several at the same place the last. */
    Optional<Mount> holding(String path) {
        Optional<Mount> best = Optional.empty();
        for (Mount m : mounts) {
            boolean above =
                    m.mountPoint().equals("/") || path.equals(m.mountPoint()) || path.startsWith(m.mountPoint() + "/");
            if (above
                    && best.map(b -> m.mountPoint().length() >= b.mountPoint().length())
                            .orElse(true)) {
                best = Optional.of(m);
            }
        }
        return best;
    }

    /** mountinfo writes space, tab, newline and backslash as three octal digits after a backslash. */
    private static String unescape(String field) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(field.charAt(i));
            }
        }
        return text.toString();
    }
}
