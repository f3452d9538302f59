package io.bpfchain.agent.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests in the form {@code sha256:<64 hex digits>}. */
public final class Digests {
    private static final String PREFIX = "sha256:";
    private static final int LENGTH = PREFIX.length() + 64;

    private Digests() {}

    public static String of(byte[] bytes) {
        return text(sha256().digest(bytes));
    }

    public static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return text(digest.digest());
    }

    /** The hexadecimal digits, which are safe as a file name. */
    public static String hex(String digest) {
        if (digest.length() != LENGTH || !digest.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not a digest: " + digest);
        }
        String hex = digest.substring(PREFIX.length());
        for (int i = 0; i < hex.length(); i++) {
            if (Character.digit(hex.charAt(i), 16) < 0) {
                throw new IllegalArgumentException("not a digest: " + digest);
            }
        }
        return hex;
    }

    private static String text(byte[] digest) {
        return PREFIX + HexFormat.of().formatHex(digest);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
