package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many CPUs the kernel may ever have: the length of per-CPU values. */
final class Cpus {
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private Cpus() {}

    static int possible() throws IOException {
        return count(Files.readString(POSSIBLE).strip());
    }

    /** Reads a list such as {@code 0-3,8} (Documentation/admin-guide/cputopology.rst). */
    static int count(String list) {
        int count = 0;
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            count += dash < 0
                    ? 1
                    : Integer.parseInt(range.substring(dash + 1)) - Integer.parseInt(range.substring(0, dash)) + 1;
        }
        return count;
    }
}
