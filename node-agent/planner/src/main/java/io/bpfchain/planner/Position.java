package io.bpfchain.planner;

/** Where a new entry goes. Anchors are always entries of ours that are held as plain programs. */
public sealed interface Position {
    /** The end of the list: what BPF_PROG_ATTACH without a position does, on every kernel. */
    record Tail() implements Position {}

    /** Directly before the anchor (needs {@link Capabilities#positions()}). */
    record Before(EntryRef anchor) implements Position {}

    /** Directly after the anchor (needs {@link Capabilities#positions()}). */
    record After(EntryRef anchor) implements Position {}
}
