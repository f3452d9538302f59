package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.Privileges;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryRef;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.PlanResult;
import io.bpfchain.planner.Step;
import java.util.Optional;
import java.util.stream.Collectors;

/** What goes wrong at a hook, in words. */
public final class Problems {

    private Problems() {}

    static Problem keptChanging(Hook hook, int attempts, Optional<Kernel.KernelError> error) {
        return new Problem(
                Problem.Kind.FAILED,
                "ListKeptChanging",
                hook.toString(),
                "change " + hook + ": planned " + attempts
                        + " times, and each time somebody else changed the list first"
                        + error.map(e -> " (last answer: " + e.call() + ": " + e.name() + ")")
                                .orElse(""),
                "Find out who attaches to this cgroup, then apply again; the hook runs what is shown.");
    }

    static Problem notLoaded(Hook hook, Step step, Problem load) {
        return new Problem(
                load.kind() == Problem.Kind.NOT_PERMITTED ? Problem.Kind.NOT_PERMITTED : Problem.Kind.FAILED,
                "NotLoaded",
                hook.toString(),
                describe(step, hook)
                        + ": somebody else changed the list meanwhile, so that this program is needed once more, and that"
                        + " was not possible: " + load.message(),
                load.remedy());
    }

    /** A hook that cannot be looked at. */
    public static Problem observe(Hook hook, Kernel.KernelError error) {
        return new Problem(
                denied(error) ? Problem.Kind.NOT_PERMITTED : Problem.Kind.FAILED,
                "CannotObserve",
                hook.toString(),
                "read the list of " + hook + ": " + error.call() + ": " + error.name()
                        + (denied(error)
                                ? "; it is not permitted to look, which says nothing about what is there"
                                : ""),
                denied(error)
                        ? Privileges.read().remedy(Privileges.Capability.NET_ADMIN, Privileges.Capability.BPF)
                        : "Check the cgroup and apply again.");
    }

    private static boolean denied(Kernel.KernelError error) {
        return error.errno() == Errno.EPERM || error.errno() == Errno.EACCES;
    }

    static Problem call(ObservedHook now, Optional<Step> step, Kernel.KernelError error) {
        String holds = now.entries().isEmpty()
                ? "the list is empty"
                : "the list is in mode " + now.mode() + " and holds "
                        + now.entries().stream().map(Entry::toString).collect(Collectors.joining(", "));
        return new Problem(
                error.errno() == Errno.EPERM ? Problem.Kind.NOT_PERMITTED : Problem.Kind.FAILED,
                "AttachFailed",
                now.hook().toString(),
                step.map(s -> describe(s, now.hook())).orElse("change " + now.hook()) + ": " + error.call() + ": "
                        + error.name() + "; " + holds,
                remedy(error));
    }

    private static String remedy(Kernel.KernelError error) {
        return switch (error.errno()) {
            case Errno.EPERM ->
                "Check the privileges with \"bpfchain doctor\", and whether this cgroup or one above is held in exclusive mode.";
            case Errno.E2BIG -> "A full list cannot be changed in place; take an entry out first.";
            case Errno.ENOMEM -> "The kernel had no memory for the new list and changed nothing; apply again.";
            default -> "Apply again; the hook runs what is shown.";
        };
    }

    static Problem refusedMeanwhile(PlanResult.Refusal refusal) {
        return new Problem(
                Problem.Kind.FAILED,
                refusal.reason().name(),
                refusal.hook().toString(),
                "the list of " + refusal.hook() + " was changed by somebody else, and from there: " + refusal.message(),
                refusal.remedy());
    }

    /** A plan that was refused before anything was changed. */
    public static Problem refused(PlanResult.Refusal refusal) {
        return new Problem(
                Problem.Kind.REFUSED,
                refusal.reason().name(),
                refusal.hook().toString(),
                refusal.message(),
                refusal.remedy());
    }

    private static String describe(Step step, Hook hook) {
        return switch (step) {
            case Step.Attach attach ->
                "attach " + attach.entry().key() + " (" + attach.entry().version() + ") to " + hook;
            case Step.Replace replace ->
                "replace " + name(replace.old()) + " by " + replace.by().key() + " ("
                        + replace.by().version() + ") at " + hook;
            case Step.Detach detach -> "detach " + name(detach.entry()) + " from " + hook;
        };
    }

    private static String name(EntryRef ref) {
        return switch (ref) {
            case EntryRef.Observed observed -> "program " + observed.id();
            case EntryRef.Planned planned -> planned.key().toString();
        };
    }
}
