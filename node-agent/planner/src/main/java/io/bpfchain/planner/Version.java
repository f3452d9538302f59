package io.bpfchain.planner;

import java.util.Objects;

/**
 * What an entry runs, as a digest ({@code sha256:<64 hex digits>}) over everything that makes it behave as it does: the bytes of
 * the object, the function, the globals, the map choices and the entries that are swapped in with the program. Equal versions
 * need no step.
 */
public record Version(String digest) {
    public Version {
        Objects.requireNonNull(digest);
    }

    /** {@code sha256:} and the first 12 digits, for people. */
    public String abbreviated() {
        return digest.length() > 19 ? digest.substring(0, 19) : digest;
    }

    @Override
    public String toString() {
        return abbreviated();
    }
}
