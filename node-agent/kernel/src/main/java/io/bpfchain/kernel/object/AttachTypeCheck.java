package io.bpfchain.kernel.object;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.ProgramType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether a function may be loaded for an attach type: its section decides where it says something, the chain where it does not. */
public final class AttachTypeCheck {
    /** bpftool's names by number, {@code enum bpf_prog_type}. */
    private static final List<String> PROGRAM_TYPES = List.of(
            "unspec",
            "socket_filter",
            "kprobe",
            "sched_cls",
            "sched_act",
            "tracepoint",
            "xdp",
            "perf_event",
            "cgroup_skb",
            "cgroup_sock",
            "lwt_in",
            "lwt_out",
            "lwt_xmit",
            "sock_ops",
            "sk_skb",
            "cgroup_device",
            "sk_msg",
            "raw_tracepoint",
            "cgroup_sock_addr",
            "lwt_seg6local",
            "lirc_mode2",
            "sk_reuseport",
            "flow_dissector",
            "cgroup_sysctl",
            "raw_tracepoint_writable",
            "cgroup_sockopt",
            "tracing",
            "struct_ops",
            "ext",
            "lsm",
            "sk_lookup",
            "syscall",
            "netfilter");

    private static final int LSM = 29;
    private static final int LSM_CGROUP = 43;

    private AttachTypeCheck() {}

    /** What to do with the function. */
    public sealed interface Result {
        /** The section says the same as the chain. */
        record Matches() implements Result {}

        /**
         * The section leaves the types open; the chain's are forced.
         *
         * @param why a whole sentence
         */
        record Forced(String why) implements Result {}

        record Refused(ObjectRefusal refusal) implements Result {}
    }

    public static Result check(FunctionInfo function, AttachType attachType) {
        Optional<String> unsupported = unsupported(function);
        if (unsupported.isPresent()) {
            return refused(
                    unsupported.get(),
                    "Use a function of a cgroup program type, for example SEC(\"cgroup_skb/egress\").");
        }
        String wanted = attachType.bpftoolName();
        if (function.programType().isEmpty()) {
            return new Result.Forced("Section %s of function %s names no program type; it is loaded as %s for %s."
                    .formatted(
                            function.section(),
                            function.name(),
                            attachType.programType().bpftoolName(),
                            wanted));
        }
        int type = function.programType().getAsInt();
        if (type != attachType.programType().code()) {
            return refused(
                    "function %s is in section %s, a program of type %s; attach type %s takes programs of type %s"
                            .formatted(
                                    function.name(),
                                    function.section(),
                                    programTypeName(type),
                                    wanted,
                                    attachType.programType().bpftoolName()),
                    "Change the chain's attachType, or the SEC() of the function.");
        }
        if (function.expectedAttachType().isEmpty()) {
            return new Result.Forced("Section %s of function %s names no attach type; it is loaded for %s."
                    .formatted(function.section(), function.name(), wanted));
        }
        int expected = function.expectedAttachType().getAsInt();
        if (expected == attachType.code()) {
            return new Result.Matches();
        }
        return refused(
                "function %s is in section %s, which is for %s; the chain attaches to %s"
                        .formatted(
                                function.name(),
                                function.section(),
                                AttachType.ofCode(expected)
                                        .map(AttachType::bpftoolName)
                                        .orElse("attach type " + expected),
                                wanted),
                "Change the chain's attachType, or the SEC() of the function.");
    }

    /** Why no chain can run this function, as a whole sentence; empty when one can. */
    static Optional<String> unsupported(FunctionInfo function) {
        if (function.programType().isEmpty()) {
            return Optional.empty();
        }
        int type = function.programType().getAsInt();
        String place = "Function %s (section %s)".formatted(function.name(), function.section());
        if (type == LSM && function.expectedAttachType().orElse(-1) == LSM_CGROUP) {
            return Optional.of(place
                    + " is of type lsm_cgroup, which is not supported: the kernel keeps one list for each LSM hook there,"
                    + " so cgroup and attach type do not name a list.");
        }
        if (Arrays.stream(ProgramType.values()).anyMatch(t -> t.code() == type)) {
            return Optional.empty();
        }
        return Optional.of(
                "%s is of type %s, which cannot be attached to a cgroup.".formatted(place, programTypeName(type)));
    }

    private static String programTypeName(int type) {
        return type < PROGRAM_TYPES.size() ? PROGRAM_TYPES.get(type) : "number " + type;
    }

    private static Result refused(String message, String remedy) {
        return new Result.Refused(
                new ObjectRefusal(ObjectRefusal.Reason.WrongAttachType, message, remedy, Optional.empty()));
    }
}
