package io.bpfchain.operator.cluster;

/** Labels, annotations and names of objects that others rely on. */
public final class Names {
    /** Marks a ConfigMap that chains may name as a source; the value must be {@code true}. */
    public static final String SOURCE = "bpfchain.io/source";

    /** Marks an immutable copy of a source's bytes in the operator's namespace. */
    public static final String BLOB = "bpfchain.io/blob";

    /** On a revision: the name of its chain. */
    public static final String CHAIN = "bpfchain.io/chain";

    /** On a revision: the uid of the chain that it was made for. */
    public static final String CHAIN_UID = "bpfchain.io/chain-uid";

    /** On a revision: the first hex digits of its content's digest. */
    public static final String HASH = "bpfchain.io/hash";

    /** On the ConfigMap {@link #STATE}: the token of a held removal that a person has confirmed. */
    public static final String CONFIRM_REMOVAL = "bpfchain.io/confirm-removal";

    /** What the operator must know of its past, in its own namespace. */
    public static final String STATE = "bpfchain-operator-state";

    /** The field manager of all that the operator applies. */
    public static final String FIELD_MANAGER = "bpfchain-operator";

    private Names() {}
}
