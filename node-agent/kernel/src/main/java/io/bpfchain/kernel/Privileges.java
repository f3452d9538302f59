package io.bpfchain.kernel;

import io.bpfchain.planner.Support;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What this process may do, from {@code /proc/self/status} and system-wide settings.
 *
 * @param effective bits of CapEff; empty where it could not be read
 * @param seccomp whether a seccomp filter is in force
 * @param unprivilegedDisabled {@code kernel.unprivileged_bpf_disabled} is not 0
 * @param lockdown {@code none}, {@code integrity}, {@code confidentiality}, or empty where the kernel has none
 */
public record Privileges(OptionalLong effective, boolean seccomp, boolean unprivilegedDisabled, String lockdown) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path UNPRIVILEGED = Path.of("/proc/sys/kernel/unprivileged_bpf_disabled");
    private static final Path LOCKDOWN = Path.of("/sys/kernel/security/lockdown");
    private static final String SECCOMP_FILTER = "2";

    /** Capabilities that matter here ({@code include/uapi/linux/capability.h}). */
    public enum Capability {
        DAC_OVERRIDE(1),
        DAC_READ_SEARCH(2),
        NET_ADMIN(12),
        SYS_ADMIN(21),
        /** Linux 5.8; before that SYS_ADMIN stood for it. */
        PERFMON(38),
        /** Linux 5.8; before that SYS_ADMIN stood for it. */
        BPF(39);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }

        /** For example {@code CAP_BPF}. */
        public String linuxName() {
            return "CAP_" + name().toUpperCase(Locale.ROOT);
        }
    }

    /** As this process is now. */
    public static Privileges read() {
        return parse(text(STATUS), text(UNPRIVILEGED).strip(), text(LOCKDOWN));
    }

    static Privileges parse(String status, String unprivileged, String lockdown) {
        Map<String, String> fields = new HashMap<>();
        status.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        String effective = fields.get("CapEff");
        int open = lockdown.indexOf('[');
        return new Privileges(
                effective == null ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(effective, 16)),
                SECCOMP_FILTER.equals(fields.get("Seccomp")),
                !unprivileged.isEmpty() && !unprivileged.equals("0"),
                open < 0 ? "" : lockdown.substring(open + 1, lockdown.indexOf(']', open)));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether the capability is effective. SYS_ADMIN stands for BPF and PERFMON, as in the kernel. */
    public Support has(Capability capability) {
        if (effective.isEmpty()) {
            return new Support.Unknown("/proc/self/status cannot be read");
        }
        boolean stoodFor = capability == Capability.BPF || capability == Capability.PERFMON;
        return bit(capability) || (stoodFor && bit(Capability.SYS_ADMIN))
                ? new Support.Supported()
                : new Support.Unsupported();
    }

    /** Those that are not effective, in this order. */
    private List<Capability> missing(List<Capability> needed) {
        return needed.stream()
                .filter(c -> !has(c).usable()
                        && !(c == Capability.DAC_READ_SEARCH && bit(Capability.DAC_OVERRIDE))
                        && !(c == Capability.NET_ADMIN && bit(Capability.SYS_ADMIN)))
                .toList();
    }

    /**
     * What to do about work that was not permitted, a whole sentence.
     *
     * @param needed what the work needs; what of it is missing is named
     */
    public String remedy(Capability... needed) {
        List<Capability> missing = missing(List.of(needed));
        return missing.isEmpty()
                ? "Every capability that this needs is there" + whyDenied()
                        + ". See what denies it: bpfchain doctor, or the" + " kernel's audit log."
                : "Run as root, or with what is missing here: "
                        + missing.stream().map(Capability::linuxName).collect(Collectors.joining(", ")) + ".";
    }

    private boolean bit(Capability capability) {
        return effective.isPresent() && (effective.getAsLong() >>> capability.bit & 1) != 0;
    }

    /** What may be behind an EPERM of bpf(2): a clause that begins with a semicolon, or nothing. */
    public String whyDenied() {
        if (!has(Capability.BPF).usable()) {
            return "; CAP_BPF is missing"
                    + (unprivilegedDisabled ? " and kernel.unprivileged_bpf_disabled is set" : "");
        }
        if (seccomp) {
            return "; a seccomp filter is in force and may deny bpf(2)";
        }
        return lockdown.isEmpty() || lockdown.equals("none") ? "" : "; the kernel is locked down (" + lockdown + ")";
    }
}
