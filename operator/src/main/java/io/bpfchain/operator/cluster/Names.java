package io.bpfchain.operator.cluster;

/** Labels, annotations and names of objects that others rely on. */
public final class Names {
    /** Marks an immutable copy of a source's bytes in the operator's namespace. */
    public static final String BLOB = "bpfchain.io/blob";

    /** On a revision: the uid of the chain that it was made for. */
    public static final String CHAIN_UID = "bpfchain.io/chain-uid";

    /** On a revision: the first hex digits of its content's digest. */
    public static final String HASH = "bpfchain.io/hash";

    /** The field manager of all that the operator applies. */
    public static final String FIELD_MANAGER = "bpfchain-operator";

    private Names() {}
}
