package io.bpfchain.crds;

/** Labels, annotations and names of objects of a cluster that more than one part of bpfchain relies on. */
public final class ClusterNames {
    /** On a revision: the name of its chain. */
    public static final String CHAIN = "bpfchain.io/chain";

    /** Marks a ConfigMap that chains may name as a source; the value must be {@code true}. */
    public static final String SOURCE = "bpfchain.io/source";

    /** The ConfigMap in the operator's namespace with what the operator must know of its past. */
    public static final String STATE = "bpfchain-operator-state";

    /** In {@link #STATE}: the token of a removal that waits for a person. */
    public static final String HELD_REMOVAL = "heldRemoval";

    /** In {@link #STATE}: the chains of that removal, with blanks between them. */
    public static final String HELD_CHAINS = "heldRemovalChains";

    /** On {@link #STATE}: the token of a held removal that a person has confirmed. */
    public static final String CONFIRM_REMOVAL = "bpfchain.io/confirm-removal";

    private ClusterNames() {}
}
