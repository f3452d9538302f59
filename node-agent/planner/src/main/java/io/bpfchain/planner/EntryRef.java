package io.bpfchain.planner;

/** Names an entry while a plan runs: one that was there when the plan was made, or one that an earlier step attached. */
public sealed interface EntryRef {
    /** Was in the observed list. */
    record Observed(EntryId id) implements EntryRef {}

    /** Was brought in by an earlier Attach or Replace of the same plan. */
    record Planned(EntryKey key) implements EntryRef {}
}
