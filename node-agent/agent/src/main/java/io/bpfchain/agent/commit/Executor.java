package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.Errno;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.EntryRef;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.PlanResult;
import io.bpfchain.planner.PlannedStep;
import io.bpfchain.planner.Planner;
import io.bpfchain.planner.Position;
import io.bpfchain.planner.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Carries out the plans of hooks. After every system call the list is read back and compared with what the step should have made of
 * it. Lists are shared with others, so a stale revision, a missing entry or another list than expected is the normal case: the hook
 * is observed and planned again from what is there, a bounded number of times, and then given up with a message that says so.
 *
 * <p>Everything that a plan needs is loaded before its first step. The first plan finds it loaded; one that was made again from a list
 * that somebody changed may need a program that this list holds already, in a wrong place, a second time, and it is loaded then.
 *
 * <p>To be used as long as what its {@link Programs} tell of stays loaded.
 */
public final class Executor {
    /** So often is one hook planned; whoever changes the list that often in between does not mean us to finish. */
    static final int ATTEMPTS = 8;

    /** So many hooks of the same list and plan are changed in one call, between two words about progress. */
    private static final int AT_ONCE = 256;

    private static final int ESTALE = 116;

    private final Kernel kernel;
    private final Planner planner;
    private final Capabilities capabilities;
    private final Programs programs;
    private final Checkpoint checkpoint;

    public Executor(
            Kernel kernel, Planner planner, Capabilities capabilities, Programs programs, Checkpoint checkpoint) {
        this.kernel = kernel;
        this.planner = planner;
        this.capabilities = capabilities;
        this.programs = programs;
        this.checkpoint = checkpoint;
    }

    /** Brings hooks to what is wanted, one after another; {@code progress} is told how many are done. */
    public List<HookResult> run(List<PlannedHook> planned, IntConsumer progress) {
        List<HookResult> results = new ArrayList<>(planned.size());
        while (results.size() < planned.size()) {
            List<PlannedHook> alike = alike(planned.subList(results.size(), planned.size()));
            List<Attempt> first = attempts(alike);
            for (int i = 0; i < alike.size(); i++) {
                results.add(run(alike.get(i), first.get(i)));
            }
            progress.accept(results.size());
        }
        return results;
    }

    /** The first ones, as far as they have the same list and the same plan. */
    private static List<PlannedHook> alike(List<PlannedHook> planned) {
        PlannedHook first = planned.getFirst();
        int count = 1;
        while (count < Math.min(planned.size(), AT_ONCE) && alike(first, planned.get(count))) {
            count++;
        }
        return planned.subList(0, count);
    }

    private static boolean alike(PlannedHook one, PlannedHook other) {
        return one.plan().steps().equals(other.plan().steps())
                && one.observed().entries().equals(other.observed().entries())
                && one.plan().hook().attachType() == other.plan().hook().attachType();
    }

    /** Goes on from the first attempt until the hook is as wanted or cannot be made so. */
    private HookResult run(PlannedHook planned, Attempt first) {
        Hook hook = planned.plan().hook();
        PlannedHook current = planned;
        Attempt result = first;
        List<PlannedHook> made = List.of();
        for (int attempt = 1; ; attempt++) {
            switch (result) {
                case Attempt.Completed completed -> {
                    return new HookResult.Done(hook, completed.ids(), and(made, current));
                }
                case Attempt.Impossible impossible -> {
                    return new HookResult.Failed(hook, impossible.problem(), made);
                }
                case Attempt.Surprised surprised -> {
                    made = surprised.made() == 0 ? made : and(made, current.first(surprised.made()));
                    switch (replan(current.desired(), surprised)) {
                        case Replanned.Gone _ -> {
                            return new HookResult.Gone(hook);
                        }
                        case Replanned.Impossible impossible -> {
                            return new HookResult.Failed(hook, impossible.problem(), made);
                        }
                        case Replanned.Again again -> current = again.planned();
                    }
                    // A list that has become what is wanted needs no attempt.
                    if (attempt >= ATTEMPTS && !current.plan().steps().isEmpty()) {
                        return new HookResult.Failed(
                                hook, Problems.keptChanging(hook, ATTEMPTS, surprised.error()), made);
                    }
                    result = attempts(List.of(current)).getFirst();
                }
            }
        }
    }

    private static List<PlannedHook> and(List<PlannedHook> made, PlannedHook more) {
        return made.isEmpty()
                ? List.of(more)
                : Stream.concat(made.stream(), Stream.of(more)).toList();
    }

    /** One attempt at each of some hooks that have the same list and the same plan. */
    private List<Attempt> attempts(List<PlannedHook> alike) {
        PlannedHook first = alike.getFirst();
        List<EntryId> list = ids(first.observed());
        if (first.plan().steps().isEmpty()) {
            return Collections.nCopies(alike.size(), new Attempt.Completed(list));
        }
        List<Move> moves = new ArrayList<>();
        Optional<Attempt> obstacle = resolve(first.plan(), list, moves);
        if (obstacle.isPresent()) {
            return Collections.nCopies(alike.size(), obstacle.get());
        }
        List<Attempt> attempts = new ArrayList<>(alike.size());
        if (moves.stream().allMatch(move -> move.call() instanceof Call.Replace)) {
            List<Hook> hooks = alike.stream().map(p -> p.plan().hook()).toList();
            replace(hooks, replacements(list, moves)).forEach(replaced -> attempts.add(attempt(replaced, list, moves)));
        } else {
            alike.forEach(planned -> attempts.add(make(planned, list, moves)));
        }
        return attempts;
    }

    private static Kernel.Replacements replacements(List<EntryId> observed, List<Move> moves) {
        List<Kernel.Replacement> steps = new ArrayList<>();
        List<List<EntryId>> lists = new ArrayList<>(List.of(observed));
        for (Move move : moves) {
            if (move.call() instanceof Call.Replace(EntryId old, EntryId by)) {
                steps.add(new Kernel.Replacement(old, by));
                lists.add(move.after());
            }
        }
        return new Kernel.Replacements(steps, lists);
    }

    private List<Kernel.Replaced> replace(List<Hook> hooks, Kernel.Replacements replacements) {
        return checkpoint.equals(Checkpoint.NONE)
                ? kernel.replaceAll(hooks, replacements)
                : hooks.stream().map(hook -> stepwise(hook, replacements)).toList();
    }

    /** The same calls, with somebody who is told between any two of them. */
    private Kernel.Replaced stepwise(Hook hook, Kernel.Replacements replacements) {
        for (int step = 0; step < replacements.steps().size(); step++) {
            checkpoint.reached("before-step");
            Kernel.Replaced one =
                    kernel.replaceAll(List.of(hook), replacements.only(step)).getFirst();
            checkpoint.reached("after-step");
            if (!one.whole()) {
                return new Kernel.Replaced(step + one.made(), false, one.error());
            }
        }
        return Kernel.Replaced.all(replacements.steps().size());
    }

    private static Attempt attempt(Kernel.Replaced replaced, List<EntryId> observed, List<Move> moves) {
        if (replaced.whole()) {
            return new Attempt.Completed(moves.getLast().after());
        }
        int made = replaced.made();
        return new Attempt.Surprised(
                made,
                made == 0 ? observed : moves.get(made - 1).after(),
                replaced.error(),
                made < moves.size() ? Optional.of(moves.get(made).step()) : Optional.empty());
    }

    /** Finds the call of each step; empty when {@code moves} has all, otherwise how the attempt ends before it began. */
    private Optional<Attempt> resolve(PlanResult.Plan plan, List<EntryId> observed, List<Move> moves) {
        List<EntryId> list = observed;
        Map<EntryKey, EntryId> brought = new HashMap<>();
        for (PlannedStep planned : plan.steps()) {
            Step step = planned.step();
            Optional<EntryId> program = Optional.empty();
            Optional<DesiredEntry> entry = brings(step);
            if (entry.isPresent()) {
                switch (pick(entry.get(), list)) {
                    case Programs.More.Loaded loaded -> program = Optional.of(loaded.program());
                    case Programs.More.Refused refused -> {
                        return Optional.of(
                                new Attempt.Impossible(Problems.notLoaded(plan.hook(), step, refused.problem())));
                    }
                }
            }
            Call call = call(step, program, brought);
            if (entry.isPresent() && program.isPresent()) {
                brought.put(entry.get().key(), program.get());
            }
            List<EntryId> after = call.applyTo(list);
            if (after.isEmpty() && !(call instanceof Call.Detach)) {
                return Optional.of(Attempt.Surprised.byList(0, observed));
            }
            moves.add(new Move(step, call, after));
            list = after;
        }
        return Optional.empty();
    }

    private Attempt make(PlannedHook planned, List<EntryId> observed, List<Move> moves) {
        Hook hook = planned.plan().hook();
        List<EntryId> list = observed;
        OptionalLong revision = planned.observed().revision();
        if (readBack(hook, list).isEmpty()) {
            return Attempt.Surprised.byList(0, list);
        }
        for (int i = 0; i < moves.size(); i++) {
            Move move = moves.get(i);
            checkpoint.reached("before-step");
            Kernel.Outcome outcome = perform(hook, move.call(), revision);
            checkpoint.reached("after-step");
            if (outcome instanceof Kernel.Outcome.Failed failed) {
                return new Attempt.Surprised(i, list, Optional.of(failed.error()), Optional.of(move.step()));
            }
            Optional<Kernel.ReadBack.Seen> seen = readBack(hook, move.after());
            if (seen.isEmpty()) {
                return Attempt.Surprised.byList(i + 1, list);
            }
            list = move.after();
            revision = seen.get().revision();
        }
        return new Attempt.Completed(list);
    }

    /** What is read back, where it is what was expected. */
    private Optional<Kernel.ReadBack.Seen> readBack(Hook hook, List<EntryId> expected) {
        return kernel.readBack(hook) instanceof Kernel.ReadBack.Seen seen
                        && seen.ids().equals(expected)
                ? Optional.of(seen)
                : Optional.empty();
    }

    private Replanned replan(DesiredHook desired, Attempt.Surprised surprised) {
        Hook hook = desired.hook();
        return switch (kernel.observe(hook)) {
            case Kernel.Observation.Failed failed ->
                gone(failed.error())
                        ? new Replanned.Gone()
                        : new Replanned.Impossible(Problems.observe(hook, failed.error()));
            case Kernel.Observation.Seen seen ->
                surprised
                        .hopelessAt(seen.hook())
                        .<Replanned>map(Replanned.Impossible::new)
                        .orElseGet(() -> replan(seen.hook(), desired));
        };
    }

    private Replanned replan(ObservedHook observed, DesiredHook desired) {
        return switch (planner.plan(observed, desired, capabilities)) {
            case PlanResult.Plan plan -> new Replanned.Again(new PlannedHook(observed, desired, plan));
            case PlanResult.Refusal refusal -> new Replanned.Impossible(Problems.refusedMeanwhile(refusal));
        };
    }

    private Kernel.Outcome perform(Hook hook, Call call, OptionalLong revision) {
        return switch (call) {
            case Call.Attach attach -> kernel.attach(hook, attach.program(), attach.place(), revision);
            case Call.Replace replace -> kernel.replace(hook, replace.old(), replace.by(), revision);
            case Call.Detach detach -> kernel.detach(hook, detach.program(), revision);
        };
    }

    /** A step, the call that makes it, and the list that has to be there then. */
    private record Move(Step step, Call call, List<EntryId> after) {}

    private static Optional<DesiredEntry> brings(Step step) {
        return switch (step) {
            case Step.Attach attach -> Optional.of(attach.entry());
            case Step.Replace replace -> Optional.of(replace.by());
            case Step.Detach _ -> Optional.empty();
        };
    }

    /**
     * The step with kernel ids.
     *
     * @param program that it brings in
     * @param brought what the steps before it brought in
     */
    private static Call call(Step step, Optional<EntryId> program, Map<EntryKey, EntryId> brought) {
        return switch (step) {
            case Step.Attach attach -> new Call.Attach(program.orElseThrow(), place(attach.at(), brought));
            case Step.Replace replace -> new Call.Replace(id(replace.old(), brought), program.orElseThrow());
            case Step.Detach detach -> new Call.Detach(id(detach.entry(), brought));
        };
    }

    /** A load of the entry that the list does not hold. */
    private Programs.More pick(DesiredEntry entry, List<EntryId> list) {
        for (EntryId id : programs.loaded(entry)) {
            if (!list.contains(id)) {
                return new Programs.More.Loaded(id);
            }
        }
        return programs.another(entry);
    }

    private static Kernel.Place place(Position position, Map<EntryKey, EntryId> brought) {
        return switch (position) {
            case Position.Tail() -> new Kernel.Place.Tail();
            case Position.Before(EntryRef anchor) -> new Kernel.Place.Before(id(anchor, brought));
            case Position.After(EntryRef anchor) -> new Kernel.Place.After(id(anchor, brought));
        };
    }

    private static EntryId id(EntryRef ref, Map<EntryKey, EntryId> brought) {
        return switch (ref) {
            case EntryRef.Observed(EntryId id) -> id;
            case EntryRef.Planned(EntryKey key) -> {
                EntryId id = brought.get(key);
                if (id == null) {
                    throw new IllegalStateException("a step names " + key + ", which no earlier step brought in");
                }
                yield id;
            }
        };
    }

    /** Whether an answer means that the cgroup is not there any more. */
    public static boolean gone(Kernel.KernelError error) {
        return error.errno() == Errno.ENOENT || error.errno() == Errno.ENODEV;
    }

    private static List<EntryId> ids(ObservedHook hook) {
        List<EntryId> ids = new ArrayList<>(hook.entries().size());
        for (Entry entry : hook.entries()) {
            ids.add(entry.id());
        }
        return ids;
    }

    /** How one plan went. */
    private sealed interface Attempt {
        record Completed(List<EntryId> ids) implements Attempt {}

        /** Planning again would not help. */
        record Impossible(Problem problem) implements Attempt {}

        /**
         * The list, or a call, was not as expected.
         *
         * @param made so many steps were made
         * @param before what the list was before
         */
        record Surprised(int made, List<EntryId> before, Optional<Kernel.KernelError> error, Optional<Step> step)
                implements Attempt {
            static Surprised byList(int made, List<EntryId> before) {
                return new Surprised(made, before, Optional.empty(), Optional.empty());
            }

            /** A call that failed although nobody changed the list would fail again. */
            Optional<Problem> hopelessAt(ObservedHook now) {
                return error.filter(e -> e.errno() != ESTALE && ids(now).equals(before))
                        .map(e -> Problems.call(now, step, e));
            }
        }
    }

    /** What observing and planning again led to. */
    private sealed interface Replanned {
        record Again(PlannedHook planned) implements Replanned {}

        record Gone() implements Replanned {}

        record Impossible(Problem problem) implements Replanned {}
    }
}
