package io.bpfchain.kernel.object;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What can make bpf(2) answer EPERM, as this process sees it.
 *
 * @param capabilities the effective set, {@code CapEff} of proc(5)
 * @param seccomp 0 none, 1 strict, 2 filter
 * @param lockdown the mode in brackets, empty where securityfs does not say
 * @param unprivilegedDisabled {@code kernel.unprivileged_bpf_disabled}
 */
record Privileges(long capabilities, int seccomp, Optional<String> lockdown, boolean unprivilegedDisabled) {
    private static final int NET_ADMIN = 12;
    private static final int SYS_ADMIN = 21;
    private static final int BPF = 39;

    static Privileges ofThisProcess() {
        String status = read("/proc/self/status");
        String lockdown = read("/sys/kernel/security/lockdown");
        return new Privileges(
                Long.parseUnsignedLong(field(status, "CapEff", "0"), 16),
                Integer.parseInt(field(status, "Seccomp", "0")),
                lockdown.contains("[")
                        ? Optional.of(lockdown.substring(lockdown.indexOf('[') + 1, lockdown.indexOf(']')))
                        : Optional.empty(),
                !read("/proc/sys/kernel/unprivileged_bpf_disabled").strip().equals("0"));
    }

    /** The likely cause of EPERM from BPF_PROG_LOAD or BPF_MAP_CREATE, a clause. */
    String cause() {
        List<String> missing = new ArrayList<>();
        if (!has(BPF) && !has(SYS_ADMIN)) {
            missing.add("CAP_BPF");
        }
        if (!has(NET_ADMIN) && !has(SYS_ADMIN)) {
            missing.add("CAP_NET_ADMIN");
        }
        if (!missing.isEmpty()) {
            return "this process lacks " + String.join(" and ", missing)
                    + (unprivilegedDisabled ? ", and unprivileged BPF is switched off" : "");
        }
        if (seccomp != 0) {
            return "the capabilities are there, so the seccomp filter of this process seems to deny bpf(2)";
        }
        if (lockdown.filter(mode -> !mode.equals("none")).isPresent()) {
            return "the capabilities are there, and the kernel is locked down (%s)".formatted(lockdown.get());
        }
        return "the capabilities are there, so a security module or a user namespace seems to deny bpf(2)";
    }

    /** A whole sentence. */
    String remedy() {
        if (seccomp != 0 && (has(BPF) || has(SYS_ADMIN))) {
            return "Run with a seccomp profile that allows bpf(2), for example Unconfined.";
        }
        return "Run as root, or with CAP_BPF and CAP_NET_ADMIN (Linux before 5.8: CAP_SYS_ADMIN).";
    }

    private boolean has(int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    private static String field(String status, String name, String absent) {
        return status.lines()
                .filter(l -> l.startsWith(name + ":"))
                .map(l -> l.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(absent);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}
