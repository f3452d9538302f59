package io.bpfchain.agent.commit;

import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.PlanResult;
import java.util.Objects;

/** A hook with what was seen there, what is wanted, and the steps between. */
public record PlannedHook(ObservedHook observed, DesiredHook desired, PlanResult.Plan plan) {
    public PlannedHook {
        Objects.requireNonNull(observed);
        Objects.requireNonNull(desired);
        Objects.requireNonNull(plan);
    }

    /** The same with its first steps only. */
    PlannedHook first(int steps) {
        return new PlannedHook(
                observed, desired, new PlanResult.Plan(plan.hook(), plan.steps().subList(0, steps), plan.warnings()));
    }
}
