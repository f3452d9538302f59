package io.bpfchain.kernel;

import io.bpfchain.planner.Support;
import java.util.Objects;

/**
 * One thing that this machine and these privileges can or cannot do.
 *
 * @param name short, for a table
 * @param meaning what bpfchain uses it for, and what is lost without it; a whole sentence
 * @param remedy what to do when it is missing; a whole sentence
 * @param required whether bpfchain can do nothing without it
 */
public record Feature(String name, Support support, String meaning, String remedy, boolean required) {
    public Feature {
        Objects.requireNonNull(name);
        Objects.requireNonNull(support);
        Objects.requireNonNull(meaning);
        Objects.requireNonNull(remedy);
    }
}
