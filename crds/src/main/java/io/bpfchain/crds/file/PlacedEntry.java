package io.bpfchain.crds.file;

import io.bpfchain.crds.EntrySpec;
import java.util.Objects;

/**
 * An entry and where it is written, so that what is wrong with it can be told by line.
 *
 * @param place for example {@code blocked.txt:17}
 */
public record PlacedEntry(EntrySpec entry, String place) {
    public PlacedEntry {
        Objects.requireNonNull(entry);
        Objects.requireNonNull(place);
    }
}
