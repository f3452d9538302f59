package io.bpfchain.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Decides how a hook gets from what it runs to what it shall run. Pure: the same input gives the same result.
 *
 * <p>The chains of a hook are ordered by (priority, name), never by arrival; within a chain the order of its list counts. What
 * runs already and is wanted keeps its slot, a changed version is replaced in place, an entry that goes gives its slot to one
 * that comes at that place, and only what is left is attached and detached. A step that no kernel operation makes without a gap or a
 * double run is planned only where every chain concerned allows it, and is refused otherwise.
 */
public final class Planner {
    /** Plans one hook. */
    public PlanResult plan(ObservedHook observed, DesiredHook desired, Capabilities capabilities) {
        if (!observed.hook().equals(desired.hook())) {
            throw new IllegalArgumentException(
                    "observed " + observed.hook() + " but desired " + desired.hook() + ": these are two lists");
        }
        if (runsAsWanted(observed, desired)) {
            return new PlanResult.Plan(desired.hook(), List.of(), List.of());
        }
        return new HookPlanning(new Situation(observed, desired), capabilities).plan();
    }

    /**
     * One hook to plan.
     *
     * @param observed what it runs
     * @param desired what it shall run
     */
    public record Task(ObservedHook observed, DesiredHook desired) {}

    /**
     * Plans many hooks; result {@code i} belongs to task {@code i} and is what {@link #plan} gives for it. Hooks of equal shape (the
     * same owners, versions and modes in the same places, and the same wishes) are planned once: the ids of each are then filled in.
     */
    public List<PlanResult> planAll(List<Task> tasks, Capabilities capabilities) {
        Map<Shape, SharedPlan> known = new HashMap<>();
        List<PlanResult> results = new ArrayList<>(tasks.size());
        SharedPlan shared = null;
        Task before = null;
        for (Task task : tasks) {
            if (before == null || !differOnlyInCgroup(task, before)) {
                shared = known.get(Shape.of(task.observed(), task.desired()));
            }
            before = task;
            if (shared != null) {
                results.add(shared.boundTo(task));
                continue;
            }
            PlanResult result = plan(task.observed(), task.desired(), capabilities);
            if (result instanceof PlanResult.Plan plan) {
                shared = new SharedPlan(plan, task.observed());
                known.put(Shape.of(task.observed(), task.desired()), shared);
            }
            results.add(result);
        }
        return results;
    }

    /** Then they have the same shape, which need not be looked for: mostly each hook runs the very programs of the one before. */
    private static boolean differOnlyInCgroup(Task one, Task other) {
        return one.observed().mode() == other.observed().mode()
                && one.observed().entries().equals(other.observed().entries())
                && one.observed().above().equals(other.observed().above())
                && one.desired().chains().equals(other.desired().chains())
                && one.desired().retired().equals(other.desired().retired());
    }

    /** The frequent case, decided in one pass: every entry of ours is the next wanted one, in the wanted version. */
    private static boolean runsAsWanted(ObservedHook observed, DesiredHook desired) {
        Iterator<DesiredEntry> wanted = Situation.ordered(desired).stream()
                .flatMap(c -> c.entries().stream())
                .iterator();
        for (Entry entry : observed.entries()) {
            if (entry.owner() instanceof Owner.Ours ours) {
                if (!wanted.hasNext() || !wanted.next().equals(new DesiredEntry(ours.key(), ours.version()))) {
                    return false;
                }
            }
        }
        return !wanted.hasNext();
    }
}
