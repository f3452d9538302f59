package io.bpfchain.planner;

import java.util.Objects;

/** One entry that a chain wants at its place. */
public record DesiredEntry(EntryKey key, Version version) {
    public DesiredEntry {
        Objects.requireNonNull(key);
        Objects.requireNonNull(version);
    }
}
