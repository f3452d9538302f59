package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of a mount namespace, as {@code /proc/self/mountinfo} tells them (proc_pid_mountinfo(5)).
 *
 * @param mounts in the kernel's order
 */
public record MountTable(List<Mount> mounts) {
    /** Where the kernel tells of this process's mounts. */
    public static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    public MountTable {
        mounts = List.copyOf(mounts);
    }

    /**
     * One mount. Places are text: a mount point need not be a path that this process's locale can express.
     *
     * @param root which directory of the file system is mounted; in a cgroup namespace a mount from outside shows {@code /..}
     * @param at where, relative to the process's root directory
     * @param readOnly by the mount or by the file system
     */
    public record Mount(int id, int parent, String root, String at, String fileSystem, boolean readOnly) {}

    /** This process's mounts. Bytes that are not UTF-8 are replaced, so such a mount point is listed but names no file. */
    public static MountTable read() throws IOException {
        return parse(new String(Files.readAllBytes(MOUNTINFO), StandardCharsets.UTF_8));
    }

    /** Reads the text of mountinfo; lines that are none are skipped, because the kernel may add fields but never such lines. */
    public static MountTable parse(String mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : mountinfo.split("\n", -1)) {
            String[] halves = line.split(" - ", 2);
            String[] fields = halves[0].split(" ", -1);
            String[] source = halves.length == 2 ? halves[1].split(" ", -1) : new String[0];
            if (fields.length >= 6 && source.length >= 3) {
                mounts.add(new Mount(
                        Integer.parseInt(fields[0]),
                        Integer.parseInt(fields[1]),
                        unescape(fields[3]),
                        unescape(fields[4]),
                        source[0],
                        hasReadOnly(fields[5]) || hasReadOnly(source[2])));
            }
        }
        return new MountTable(mounts);
    }

    /** The mounts of a type that can be reached: those that no other mount covers at the same place. */
    public List<Mount> reachable(String fileSystem) {
        return mounts.stream()
                .filter(m -> m.fileSystem().equals(fileSystem))
                .filter(m -> mounts.stream()
                        .noneMatch(over -> over.parent() == m.id()
                                && over.id() != m.id()
                                && over.at().equals(m.at())))
                .toList();
    }

    /** The mount that an absolute path lies on: the one with the longest mount point; of several at the same place the last. */
    public Optional<Mount> holding(String path) {
        Optional<Mount> best = Optional.empty();
        for (Mount m : mounts) {
            boolean above = m.at().equals("/") || path.equals(m.at()) || path.startsWith(m.at() + "/");
            if (above && best.map(b -> m.at().length() >= b.at().length()).orElse(true)) {
                best = Optional.of(m);
            }
        }
        return best;
    }

    private static boolean hasReadOnly(String options) {
        return Arrays.asList(options.split(",", -1)).contains("ro");
    }

    /** Space, tab, newline and backslash stand as three octal digits after a backslash. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
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
