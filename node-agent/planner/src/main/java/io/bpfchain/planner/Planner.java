package io.bpfchain.planner;

/** Decides how a hook gets from what it runs to what it shall run. Pure: the same input gives the same result. */
public final class Planner {
    /** Plans one hook. */
    public PlanResult plan(ObservedHook observed, DesiredHook desired, Capabilities capabilities) {
        throw new UnsupportedOperationException();
    }
}
