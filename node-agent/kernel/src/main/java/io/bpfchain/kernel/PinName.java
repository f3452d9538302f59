package io.bpfchain.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Names as bpffs takes them: it refuses dots ({@code bpf_lookup()}), and a name must not be a path. Letters, digits, {@code -} and
 * {@code _} stay; every other byte of the UTF-8 becomes {@code %} and two hex digits; the empty name is a lone {@code %}.
 * Different names never meet. What has a {@code %} before anything but two hex digits is no name's encoding, so such
 * files are free for other uses.
 */
public final class PinName {
    /** Names of files have at most 255 bytes; the rest is for prefixes. */
    private static final int LIMIT = 240;

    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    private PinName() {}

    /**
     * The file name for a name.
     *
     * @throws IllegalArgumentException when it would be too long
     */
    public static String encode(String name) {
        if (name.isEmpty()) {
            return "%";
        }
        StringBuilder out = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (plain(b)) {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        if (out.length() > LIMIT) {
            throw new IllegalArgumentException("the name \"" + name + "\" is too long for a file on bpffs");
        }
        return out.toString();
    }

    /** The name behind a file name, or empty for one that {@link #encode} never makes. */
    public static Optional<String> decode(String file) {
        if (file.equals("%")) {
            return Optional.of("");
        }
        ByteBuffer bytes = ByteBuffer.allocate(file.length());
        for (int i = 0; i < file.length(); i++) {
            char c = file.charAt(i);
            if (c == '%'
                    && i + 2 < file.length()
                    && HexFormat.isHexDigit(file.charAt(i + 1))
                    && HexFormat.isHexDigit(file.charAt(i + 2))) {
                bytes.put((byte) HexFormat.fromHexDigits(file, i + 1, i + 3));
                i += 2;
            } else if (c < 128 && plain((byte) c)) {
                bytes.put((byte) c);
            } else {
                return Optional.empty();
            }
        }
        try {
            String name =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return encode(name).equals(file) ? Optional.of(name) : Optional.empty();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean plain(byte b) {
        return PLAIN.indexOf(b) >= 0;
    }
}
