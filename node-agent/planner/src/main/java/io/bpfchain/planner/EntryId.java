package io.bpfchain.planner;

/** The kernel's id of the program that an entry holds; unique on a host while the program lives, never reused within a list. */
public record EntryId(int programId) {
    @Override
    public String toString() {
        return Integer.toUnsignedString(programId);
    }
}
