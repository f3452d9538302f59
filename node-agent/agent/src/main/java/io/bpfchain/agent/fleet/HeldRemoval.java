package io.bpfchain.agent.fleet;

import java.util.List;
import java.util.Objects;

/**
 * A removal that the operator holds until a person confirms it.
 *
 * @param token names exactly this removal
 * @param version of the object that says so, as it was read
 */
public record HeldRemoval(String token, List<String> chains, boolean confirmed, String version) {
    public HeldRemoval {
        Objects.requireNonNull(token);
        chains = List.copyOf(chains);
        Objects.requireNonNull(version);
    }
}
