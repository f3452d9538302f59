package io.bpfchain.planner;

/** Whose an entry is. Only what carries bpfchain's identity map is ours; everything else is foreign and is never touched. */
public sealed interface Owner {
    /**
     * Attached by bpfchain.
     *
     * @param instance the id of the instance (one load of one object) that the program belongs to
     */
    record Ours(EntryKey key, Version version, String instance) implements Owner {}

    /** Attached by anyone else. */
    record Foreign() implements Owner {}
}
