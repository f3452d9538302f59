package io.bpfchain.planner;

import java.util.Objects;

/**
 * Who an entry of ours is, over all its versions: the chain and the name of the entry within it. With the guarantee
 * {@code PerProgram} the name is the name of the one program that the entry holds.
 */
public record EntryKey(String chain, String name) {
    public EntryKey {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(name);
    }

    @Override
    public String toString() {
        return chain + "/" + name;
    }
}
