package io.bpfchain.kernel.object;

import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.object.ObjectRefusal.Reason;
import java.nio.file.Path;
import java.util.Optional;

/** Explains why an object could not be read or opened. Pure. */
final class OpenRefusals {
    private static final int LIBBPF_ERRORS = 4000;
    private static final String COMPILE = "Compile it with: clang -target bpf -O2 -g -c FILE.bpf.c -o FILE.bpf.o";

    private OpenRefusals() {}

    /** Of a helper that only inspects. Empty when the failure belongs to a load. */
    static Optional<ObjectRefusal> explainInspection(HelperReport report, Path object) {
        return report.failure() == HelperFailure.OUT_OF_MEMORY
                ? refusal(
                        Reason.OutOfMemory,
                        "open %s: it asks for more than the 1 GiB that opening an object may take".formatted(object),
                        "Check that the file is whole and was made by clang -target bpf; damaged sizes do this.")
                : explain(report, object);
    }

    /** Empty when the failure belongs to a load. */
    static Optional<ObjectRefusal> explain(HelperReport report, Path object) {
        String opening = "open " + object + ": ";
        return switch (report.failure()) {
            case CANNOT_READ ->
                refusal(Reason.Failed, "read " + object + ": " + readError(report), "Name a readable, regular file.");
            case TOO_LARGE ->
                refusal(
                        Reason.Unsupported,
                        opening + "it, or what it unpacks to, is larger than 64 MiB",
                        "Use a smaller object.");
            case NOT_ELF -> refusal(Reason.NotAnObject, opening + notElf(report.subject()), COMPILE);
            case WRONG_MACHINE ->
                refusal(
                        Reason.NotAnObject,
                        opening + "it is compiled for ELF machine %d, not for BPF (247)".formatted(report.detail()),
                        COMPILE);
            case BIG_ENDIAN_OBJECT ->
                refusal(
                        Reason.NotAnObject,
                        opening + "it is big-endian BPF, and this machine is little-endian",
                        "Compile it with -target bpf on a machine like this, or with -target bpfel.");
            case NOT_RELOCATABLE ->
                refusal(
                        Reason.NotAnObject,
                        opening + "it is of ELF type %d, not a relocatable object (1)".formatted(report.detail()),
                        COMPILE);
            case CANNOT_OPEN -> cannotOpen(report, opening);
            case CANNOT_CONFINE ->
                refusal(
                        Reason.Failed,
                        opening
                                + "the helper process cannot give up its privileges: %s: %s"
                                        .formatted(report.subject(), errorName(report.error())),
                        "Use a kernel with CONFIG_SECCOMP_FILTER, and a container profile under which a process may restrict"
                                + " itself (prctl(2), capset(2)).");
            case NO_FUNCTION,
                    NO_MAP,
                    CANNOT_REUSE,
                    WRONG_VALUE_SIZE,
                    CANNOT_LOAD,
                    CANNOT_IDENTIFY,
                    CANNOT_PIN,
                    OUT_OF_MEMORY,
                    REUSED_STATIC_MAP,
                    BAD_REQUEST -> Optional.empty();
        };
    }

    private static Optional<ObjectRefusal> cannotOpen(HelperReport report, String opening) {
        String messages = report.messages();
        if (messages.contains("legacy map definitions")) {
            return refusal(
                    Reason.Unsupported,
                    opening + "it declares maps in the section \"maps\", which libbpf 1.0 no longer reads",
                    "Declare the maps with BTF, in SEC(\".maps\").");
        }
        if (messages.contains("BTF is required, but is missing")) {
            return refusal(
                    Reason.MissingBtf,
                    opening + "it declares maps or externs that need BTF, and it has none",
                    "Compile it with -g, and do not strip the sections .BTF and .BTF.ext.");
        }
        return refusal(
                Reason.NotAnObject,
                opening + "libbpf refuses it (%s)%s".formatted(errorName(report.error()), indented(messages)),
                "Check that the file is whole and was made by clang -target bpf.");
    }

    private static String readError(HelperReport report) {
        if (report.error() == Errno.EINVAL) {
            return "it is not a regular file";
        }
        return errorName(report.error());
    }

    private static String notElf(String subject) {
        return switch (subject) {
            case "" -> "it is not an ELF file";
            case "empty" -> "the file is empty";
            default -> "its ELF header cannot be read: " + subject;
        };
    }

    static String errorName(int error) {
        return error >= LIBBPF_ERRORS ? "libbpf error " + error : Errno.name(error);
    }

    /** The last lines of libbpf's warnings, each on a line of its own. */
    static String indented(String messages) {
        var lines = messages.lines().filter(l -> !l.isBlank()).toList();
        StringBuilder text = new StringBuilder();
        for (String line : lines.subList(Math.max(0, lines.size() - 5), lines.size())) {
            text.append("\n  ").append(line);
        }
        return text.toString();
    }

    static Optional<ObjectRefusal> refusal(Reason reason, String message, String remedy) {
        return Optional.of(new ObjectRefusal(reason, message, remedy, Optional.empty()));
    }
}
