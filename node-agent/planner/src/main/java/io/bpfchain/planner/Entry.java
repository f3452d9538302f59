package io.bpfchain.planner;

import java.util.Objects;

/**
 * One entry of an observed list.
 *
 * @param programName the kernel's name for the program, at most 15 characters, possibly empty: a hint for people, never an identity
 */
public record Entry(EntryId id, String programName, Holder holder, Owner owner) {
    public Entry {
        Objects.requireNonNull(id);
        Objects.requireNonNull(programName);
        Objects.requireNonNull(holder);
        Objects.requireNonNull(owner);
    }

    /** Whether bpfchain attached it. */
    public boolean ours() {
        return owner instanceof Owner.Ours;
    }

    @Override
    public String toString() {
        return switch (owner) {
            case Owner.Ours o -> o.key() + " (" + o.version().abbreviated() + ")";
            case Owner.Foreign f -> "program " + id + (programName.isEmpty() ? "" : " \"" + programName + "\"");
        };
    }
}
