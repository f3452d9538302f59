package io.bpfchain.planner;

import java.util.Iterator;
import java.util.List;

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
