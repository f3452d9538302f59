package io.bpfchain.operator.removal;

import java.time.Instant;

/** Assignments that nothing asks for any more, for all that the caches know. */
public sealed interface Candidate {
    String chain();

    /** Since when this process sees it so, without a break. */
    Instant since();

    /** The chain is not there: all of its assignments. */
    record ChainGone(String chain, Instant since, Live live) implements Candidate {}

    /** The chain is there and does not select the node, which is there too: the chain's assignment of this node. */
    record NodeDeselected(String chain, String node, Instant since) implements Candidate {}

    /** What a GET of the chain, past all caches, came back with. */
    enum Live {
        /** Nobody asked yet: it is too early. */
        NotAsked,
        /** Not found, said of this very chain and kind. */
        NotFound,
        /** It is there. */
        Found
    }
}
