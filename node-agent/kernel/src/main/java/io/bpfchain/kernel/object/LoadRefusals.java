package io.bpfchain.kernel.object;

import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.Privileges;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.object.ObjectRefusal.Reason;
import io.bpfchain.planner.AttachType;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Explains why a load was refused.
 *
 * @param object what an inspection found; empty where that failed
 */
record LoadRefusals(
        LoadRequest request, HelperReport report, Optional<ObjectInfo> object, Supplier<Privileges> privileges) {
    private static final int RDONLY_PROG = 1 << 7;
    private static final int KERNEL_NAME = 15;

    /** The words of libbpf 1.1.2 (libbpf.c), which is the one that is bundled. */
    private static final Pattern PROGRAM_FAILED = Pattern.compile("prog '([^']+)': BPF program load failed");

    private static final Pattern MAP_FAILED = Pattern.compile("map '([^']+)': failed to create");

    ObjectRefusal explain() {
        String what = "load " + request.object() + ": ";
        return switch (report.failure()) {
            case NO_FUNCTION -> noFunction(what);
            case NO_MAP -> noMap(what);
            case REUSED_STATIC_MAP, CANNOT_REUSE, WRONG_VALUE_SIZE -> explainMap(what);
            case CANNOT_PIN -> cannotPin();
            case OUT_OF_MEMORY ->
                refusal(Reason.OutOfMemory, what + "the helper process has no memory", "Free some memory.");
            case CANNOT_IDENTIFY -> explainError(what + "bind the identity of %s: ".formatted(report.subject()));
            case CANNOT_LOAD -> explainLoad(what);
            case BAD_REQUEST,
                    CANNOT_READ,
                    TOO_LARGE,
                    NOT_ELF,
                    WRONG_MACHINE,
                    BIG_ENDIAN_OBJECT,
                    NOT_RELOCATABLE,
                    CANNOT_OPEN,
                    CANNOT_CONFINE ->
                refusal(
                        Reason.Failed,
                        what + "%s (%s)".formatted(report.failure(), error()),
                        "Check the version of bpfchain-elf: it must come from the same build.");
        };
    }

    private ObjectRefusal noFunction(String what) {
        return refusal(
                Reason.NoSuchFunction,
                what + "it has no program called %s%s".formatted(report.subject(), functions()),
                "Name a function of the object that is in a program section.");
    }

    private ObjectRefusal noMap(String what) {
        return refusal(
                Reason.Failed,
                what + "it has no map called %s%s".formatted(report.subject(), maps()),
                "Name a map of the object.");
    }

    private ObjectRefusal explainMap(String what) {
        if (report.failure() == HelperFailure.REUSED_STATIC_MAP) {
            return refusal(
                    Reason.Unsupported,
                    what
                            + "map %s is filled by the object itself, which would change the live map before the switch"
                                    .formatted(report.subject()),
                    "Use onUpdate: Fresh for this map.");
        }
        if (report.failure() == HelperFailure.WRONG_VALUE_SIZE) {
            return refusal(
                    Reason.Failed,
                    what + "the initial value of %s has another size than the section".formatted(report.subject()),
                    "Give a value of the section's size.");
        }
        return refusal(
                Reason.Failed,
                what + "map %s cannot take over the live map: %s%s".formatted(report.subject(), error(), messages()),
                "Use onUpdate: Fresh for this map, or restore its pin.");
    }

    private ObjectRefusal cannotPin() {
        return cannotPin(report.subject(), error());
    }

    static ObjectRefusal cannotPin(String path, String error) {
        return refusal(
                Reason.Failed,
                "pin at %s: %s".formatted(path, error),
                "The directory must be on a bpffs that can be written (mount -t bpf bpffs DIR), and names there hold no dot.");
    }

    private ObjectRefusal explainLoad(String what) {
        Optional<String> program = first(PROGRAM_FAILED);
        if (program.isPresent() && !report.log().isEmpty()) {
            return explainVerdict(program.get());
        }
        if (report.messages().contains("valid kernel BTF") || report.messages().contains("Error loading vmlinux BTF")) {
            return refusal(
                    Reason.MissingBtf,
                    what + "it has CO-RE relocations, and this kernel has no BTF (/sys/kernel/btf/vmlinux)"
                            + messages(),
                    "Use a kernel with CONFIG_DEBUG_INFO_BTF=y, or an object without CO-RE.");
        }
        if (report.messages().contains("failed to open /proc/kallsyms")) {
            return refusal(
                    Reason.Unsupported,
                    what
                            + "it asks for the address of a kernel symbol (an extern __ksym without a type), which is not read"
                            + messages(),
                    "Declare the symbol with its type, so that it is found through BTF, or do without it.");
        }
        if (report.unknownType() > 0
                && report.unknownType() <= request.functions().size()) {
            FunctionLoad function = request.functions().get(report.unknownType() - 1);
            return refusal(
                    Reason.ProgramTypeUnsupported,
                    what
                            + "this kernel does not know programs for %s (function %s)"
                                    .formatted(
                                            AttachType.ofCode(function.expectedAttachType())
                                                    .map(AttachType::bpftoolName)
                                                    .orElse("attach type " + function.expectedAttachType()),
                                            function.function()),
                    "Use a newer kernel; bpfchain doctor lists what this one can do.");
        }
        return explainError(first(MAP_FAILED)
                .map(m -> what + "create map %s: ".formatted(m))
                .orElse(what));
    }

    private ObjectRefusal explainError(String what) {
        boolean withoutCapability =
                first(MAP_FAILED).isEmpty() && !missing(privileges.get()).isEmpty();
        if (report.error() == Errno.EPERM && (report.smallMapError() != 0 || withoutCapability)) {
            return refusal(
                    Reason.NotPermitted,
                    what + "EPERM" + denied(privileges.get()),
                    "Run as root or with CAP_BPF and CAP_NET_ADMIN, under a seccomp profile that allows bpf(2).");
        }
        boolean memory = report.error() == Errno.ENOMEM
                || (report.error() == Errno.EPERM && first(MAP_FAILED).isPresent());
        if (memory) {
            return refusal(
                    Reason.OutOfMemory,
                    what + "%s: not enough memory for its maps%s%s".formatted(error(), limit(), estimates()),
                    "Make the maps smaller, or raise the memory limit (memory.max of the cgroup; before Linux 5.11 RLIMIT_MEMLOCK).");
        }
        return refusal(
                Reason.Failed, what + error() + messages(), "Read the messages of libbpf, and check what they name.");
    }

    private ObjectRefusal explainVerdict(String program) {
        VerifierLog log = VerifierLog.parse(report.log());
        String what = "load %s of %s: ".formatted(program, request.object());
        if (log.mentions("from non-GPL compatible program")) {
            return refusal(
                    Reason.License,
                    what
                            + "%s; the object's license is \"%s\""
                                    .formatted(
                                            log.error().orElse("a helper needs the GPL"),
                                            object.map(ObjectInfo::license).orElse("")),
                    "Declare char _license[] SEC(\"license\") = \"GPL\", or do without that helper.");
        }
        Optional<String> written = writtenReadOnlyMap(program, log);
        if (log.mentions("write into map forbidden") && written.isPresent()) {
            return refusal(
                    Reason.WritesReadOnlyMap,
                    what
                            + "it writes map %s, whose contents the chain declares%s"
                                    .formatted(written.get(), log.summary()),
                    "Set writtenByProgram: true for the map, or declare no entries for it.");
        }
        return refusal(
                Reason.VerifierRefusal,
                what + "the verifier refuses it (%s)%s%s".formatted(error(), log.summary(), cut()),
                "Change the program so that the verifier can follow it.");
    }

    /** The declared map that the log names last, or all of them that the function uses. */
    private Optional<String> writtenReadOnlyMap(String program, VerifierLog log) {
        List<String> declared = request.maps().stream()
                .filter(m -> m.how() instanceof How.Create create && (create.addFlags() & RDONLY_PROG) != 0)
                .map(MapLoad::map)
                .toList();
        for (String mentioned : log.mapsMentioned()) {
            for (String map : declared) {
                if (map.substring(0, Math.min(KERNEL_NAME, map.length())).equals(mentioned)) {
                    return Optional.of(map);
                }
            }
        }
        List<String> used = object.stream()
                .flatMap(o -> o.functions().stream())
                .filter(f -> f.name().equals(program))
                .flatMap(f -> f.maps().stream())
                .filter(declared::contains)
                .toList();
        return used.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", used));
    }

    private String cut() {
        return report.logCut() ? "\n  (the log did not fit 16 MiB: it holds errors and statistics only)" : "";
    }

    private String estimates() {
        return object.stream()
                .flatMap(o -> o.maps().stream())
                .filter(m -> request.maps().stream()
                        .anyMatch(r -> r.map().equals(m.name()) && r.how() instanceof How.Create))
                .map(m ->
                        "\n  map %s: about %,d bytes".formatted(m.name(), MapMemory.estimate(m, report.possibleCpus())))
                .collect(Collectors.joining());
    }

    private static String denied(Privileges privileges) {
        String why = privileges.whyDenied() + missing(privileges);
        return why.isEmpty() ? "; a security module or the user namespace may deny bpf(2)" : why;
    }

    /** What loading most program types needs beside CAP_BPF; nothing where it is there. */
    private static String missing(Privileges privileges) {
        return privileges.has(Privileges.Capability.NET_ADMIN).usable() ? "" : "; CAP_NET_ADMIN is missing";
    }

    private String limit() {
        return report.error() == Errno.EPERM ? " (RLIMIT_MEMLOCK is %,d bytes)".formatted(report.memlock()) : "";
    }

    private String functions() {
        return object.map(o -> "; it has "
                        + o.functions().stream().map(FunctionInfo::name).collect(Collectors.joining(", ")))
                .orElse("");
    }

    private String maps() {
        return object.map(o ->
                        "; it has " + o.maps().stream().map(MapDefinition::name).collect(Collectors.joining(", ")))
                .orElse("");
    }

    private String error() {
        return OpenRefusals.errorName(report.error());
    }

    private String messages() {
        return OpenRefusals.indented(report.messages());
    }

    private Optional<String> first(Pattern pattern) {
        Matcher matcher = pattern.matcher(report.messages());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static ObjectRefusal refusal(Reason reason, String message, String remedy) {
        return new ObjectRefusal(reason, message, remedy, Optional.empty());
    }
}
