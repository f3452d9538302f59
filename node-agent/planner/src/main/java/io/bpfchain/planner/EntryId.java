package io.bpfchain.planner;

/** The kernel's id of the program that an entry holds; unique on a host while the program lives, never reused within a list. */
public record EntryId(int programId) {
    // Lists of ids are compared after every system call. What a record has by itself goes through method handles, which
    // are slow
    // until they are compiled, and most commands are over before.
    @Override
    public boolean equals(Object other) {
        return other instanceof EntryId id && programId == id.programId;
    }

    @Override
    public int hashCode() {
        return programId;
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(programId);
    }
}
