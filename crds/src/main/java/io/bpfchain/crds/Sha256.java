package io.bpfchain.crds;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as they are written everywhere: {@code sha256:} and 64 hex digits in lower case. */
public final class Sha256 {
    private static final String PREFIX = "sha256:";

    private Sha256() {}

    public static String of(byte[] bytes) {
        try {
            return PREFIX
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The hex digits of a digest. */
    public static String hex(String digest) {
        if (!digest.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not a digest: " + digest);
        }
        return digest.substring(PREFIX.length());
    }
}
