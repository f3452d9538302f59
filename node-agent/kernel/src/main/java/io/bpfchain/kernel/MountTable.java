package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)), as far as bpffs needs it. */
final class MountTable {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    private MountTable() {}

    /**
     * One mount.
     *
     * @param readOnly by the mount or by the file system
     */
    record Mount(Path at, String type, boolean readOnly) {}

    static List<Mount> read() throws IOException {
        List<Mount> mounts = new ArrayList<>();
        for (String line : Files.readAllLines(MOUNTINFO)) {
            mounts.add(parse(line));
        }
        return mounts;
    }

    static Mount parse(String line) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int dash = fields.indexOf("-");
        boolean readOnly = hasOption(fields.get(5), "ro") || hasOption(fields.get(dash + 3), "ro");
        return new Mount(Path.of(unescape(fields.get(4))), fields.get(dash + 1), readOnly);
    }

    private static boolean hasOption(String options, String option) {
        return Arrays.asList(options.split(",", -1)).contains(option);
    }

    /** Space, tab, newline and backslash stand as three octal digits after a backslash. */
    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
