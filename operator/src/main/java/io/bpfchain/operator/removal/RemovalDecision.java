package io.bpfchain.operator.removal;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be taken out now.
 *
 * @param remove taken out now
 * @param kept what stays although nothing asks for it, and why
 * @param held a removal that waits for a confirmation
 */
public record RemovalDecision(Set<Pair> remove, List<Kept> kept, Optional<Held> held) {
    public RemovalDecision {
        remove = Set.copyOf(remove);
        kept = List.copyOf(kept);
    }

    /** The assignment of a chain to a node. */
    public record Pair(String chain, String node) {}

    /** A chain whose assignments stay. */
    public record Kept(String chain, String why) {}

    /**
     * A removal that a person has to confirm.
     *
     * @param token names exactly this removal: a confirmation of another one does not count
     * @param chains by name
     */
    public record Held(String token, List<String> chains, int assignments, int ofAll, String why) {
        public Held {
            chains = List.copyOf(chains);
        }
    }
}
