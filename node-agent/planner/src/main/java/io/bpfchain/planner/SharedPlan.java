package io.bpfchain.planner;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A plan that was made for one hook and holds for every other of the same {@link Shape}, with other ids in it. */
final class SharedPlan {
    private final PlanResult.Plan plan;
    private final ObservedHook madeFor;
    private final Map<EntryId, Integer> slots = new HashMap<>();

    SharedPlan(PlanResult.Plan plan, ObservedHook madeFor) {
        this.plan = plan;
        this.madeFor = madeFor;
        for (int i = 0; i < madeFor.entries().size(); i++) {
            slots.put(madeFor.entries().get(i).id(), i);
        }
    }

    /** The plan for a hook of the same shape. */
    PlanResult.Plan boundTo(Planner.Task task) {
        Hook hook = task.desired().hook();
        boolean sameEntries = task.observed().entries().equals(madeFor.entries());
        if (sameEntries && plan.warnings().isEmpty() && task.observed().above().equals(madeFor.above())) {
            return new PlanResult.Plan(hook, plan.steps(), List.of());
        }
        List<PlannedStep> steps = sameEntries
                ? plan.steps()
                : plan.steps().stream()
                        .map(s -> new PlannedStep(bind(s.step(), task.observed()), s.guarantee()))
                        .toList();
        return new PlanResult.Plan(hook, steps, Warnings.of(task.observed(), task.desired(), steps));
    }

    private Step bind(Step step, ObservedHook to) {
        return switch (step) {
            case Step.Attach a -> new Step.Attach(a.entry(), a.load(), bind(a.at(), to));
            case Step.Replace r -> new Step.Replace(bind(r.old(), to), r.by(), r.load());
            case Step.Detach d -> new Step.Detach(bind(d.entry(), to));
        };
    }

    private Position bind(Position position, ObservedHook to) {
        return switch (position) {
            case Position.Tail t -> t;
            case Position.Before b -> new Position.Before(bind(b.anchor(), to));
            case Position.After a -> new Position.After(bind(a.anchor(), to));
        };
    }

    private EntryRef bind(EntryRef ref, ObservedHook to) {
        return switch (ref) {
            case EntryRef.Planned p -> p;
            case EntryRef.Observed o ->
                new EntryRef.Observed(
                        to.entries().get(slots.getOrDefault(o.id(), -1)).id());
        };
    }
}
