package io.bpfchain.kernel.map;

import io.bpfchain.kernel.object.MapDefinition;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Declared contents as bytes: every key once, LPM keys without host bits, padding zero, within the map's limits.
 *
 * @param entries in the order of their declaration; the value of a per-CPU map is that of every CPU
 */
public record EncodedEntries(MapDefinition map, List<EncodedEntry> entries) {
    public EncodedEntries {
        Objects.requireNonNull(map);
        entries = List.copyOf(entries);
    }

    /** One entry; the arrays are not copied and must not be changed. */
    public record EncodedEntry(byte[] key, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof EncodedEntry e && Arrays.equals(key, e.key) && Arrays.equals(value, e.value);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
        }
    }

    /** {@code sha256:} and 64 hexadecimal digits over the entries, whatever their order. */
    public String entriesDigest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(8)
                    .putInt(map.keySize())
                    .putInt(map.valueSize())
                    .array());
            entries.stream()
                    .sorted((a, b) -> Arrays.compareUnsigned(a.key(), b.key()))
                    .forEach(e -> {
                        digest.update(e.key());
                        digest.update(e.value());
                    });
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
