package io.bpfchain.crds.revision;

import io.bpfchain.crds.Sha256;

/** The ConfigMap in which the operator hands the bytes of a source to the agents: how it is named after their digest, and where they are. */
public final class SourceBlob {
    /** The key of its {@code binaryData} under which the bytes are. */
    public static final String KEY = "bytes";

    private static final int DIGITS_IN_NAME = 40;

    private SourceBlob() {}

    /** Whoever reads by this name checks the whole digest. */
    public static String name(String digest) {
        return "blob-" + Sha256.hex(digest).substring(0, DIGITS_IN_NAME);
    }
}
