package io.bpfchain.kernel;

import io.bpfchain.planner.Support;
import java.util.Objects;

/**
 * One thing that this machine and these privileges can or cannot do.
 *
 * @param name short, for a table
 * @param meaning what can be done with it; a whole sentence
 * @param lost what is lost without it; a whole sentence
 * @param remedy what to do when it is missing; a whole sentence
 * @param required whether bpfchain can do nothing without it
 */
public record Feature(String name, Support support, String meaning, String lost, String remedy, boolean required) {
    public Feature {
        Objects.requireNonNull(name);
        Objects.requireNonNull(support);
        Objects.requireNonNull(meaning);
        Objects.requireNonNull(lost);
        Objects.requireNonNull(remedy);
    }
}
