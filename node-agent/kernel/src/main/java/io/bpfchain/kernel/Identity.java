package io.bpfchain.kernel;

import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Who a loaded program is: written once into a frozen one-entry map that is bound to the program (BPF_PROG_BIND_MAP) and travels with
 * it. It holds only what never changes for the loaded instance; slot, priority and cgroups change without a load and are
 * kept elsewhere.
 *
 * <p>The bytes: {@code "BPFCHAIN"}, format version (u16), expected attach type (u16), then each text as length (u16) and UTF-8, in
 * the order of the components; numbers are little-endian, the rest of the {@value #SIZE} bytes is zero.
 *
 * @param chainUid of the chain on this machine: random, made when the chain was first applied here
 * @param chain at most 63 bytes
 * @param program the name in the chain, at most 63 bytes
 * @param object the name in the chain, at most 63 bytes
 * @param function at most 255 bytes
 * @param version what the program runs
 * @param instance id of the load that it belongs to, at most 63 bytes
 * @param expectedAttachType {@code enum bpf_attach_type}; the kernel does not tell it later
 * @param objectDigest {@code sha256:<64 hex digits>} of the object's bytes
 */
public record Identity(
        String chainUid,
        String chain,
        String program,
        String object,
        String function,
        Version version,
        String instance,
        int expectedAttachType,
        String objectDigest) {
    /** Name of the identity map. */
    public static final String MAP_NAME = "bpfchain_id";

    /** Value size of the identity map, in every format version. */
    public static final int SIZE = 1024;

    private static final byte[] MAGIC = "BPFCHAIN".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int NAME_LIMIT = 63;
    private static final int DIGEST_LIMIT = 71;
    private static final int FUNCTION_LIMIT = 255;

    public Identity {
        Objects.requireNonNull(version);
        limit("chain uid", chainUid, NAME_LIMIT);
        limit("chain name", chain, NAME_LIMIT);
        limit("program name", program, NAME_LIMIT);
        limit("object name", object, NAME_LIMIT);
        limit("function name", function, FUNCTION_LIMIT);
        limit("version", version.digest(), DIGEST_LIMIT);
        limit("instance id", instance, NAME_LIMIT);
        limit("object digest", objectDigest, DIGEST_LIMIT);
        if (expectedAttachType < 0 || expectedAttachType > 0xffff) {
            throw new IllegalArgumentException("no attach type: " + expectedAttachType);
        }
    }

    private static void limit(String what, String text, int limit) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > limit) {
            throw new IllegalArgumentException(
                    "the " + what + " \"" + text + "\" has " + length + " bytes; at most " + limit + " are allowed");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the " + what + " holds a control character");
        }
    }

    /** The planner's name for it. */
    public EntryKey key() {
        return new EntryKey(chain, program);
    }

    /** The value of the identity map. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putShort((short) FORMAT).putShort((short) expectedAttachType);
        List<String> texts =
                List.of(chainUid, chain, program, object, function, version.digest(), instance, objectDigest);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) bytes.length).put(bytes);
        }
        return out.array();
    }

    /** Reads the value of a map that may be an identity. */
    public static Decoded decode(byte[] value) {
        if (value.length != SIZE || !Arrays.equals(value, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return new Decoded.NotOurs();
        }
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        int format = Short.toUnsignedInt(in.getShort());
        if (format != FORMAT) {
            return new Decoded.Newer(format);
        }
        try {
            int attachType = Short.toUnsignedInt(in.getShort());
            String chainUid = text(in);
            String chain = text(in);
            String program = text(in);
            String object = text(in);
            String function = text(in);
            Version version = new Version(text(in));
            String instance = text(in);
            return new Decoded.Ours(
                    new Identity(chainUid, chain, program, object, function, version, instance, attachType, text(in)));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return new Decoded.Damaged(Objects.requireNonNullElse(e.getMessage(), "text that is not UTF-8"));
        }
    }

    private static String text(ByteBuffer in) throws CharacterCodingException {
        int length = in.remaining() < Short.BYTES ? Integer.MAX_VALUE : Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new IllegalArgumentException("a text runs past the end");
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }

    /** What {@link #decode} found. */
    public sealed interface Decoded {
        record Ours(Identity identity) implements Decoded {}

        /** Somebody else's map. */
        record NotOurs() implements Decoded {}

        /** Of a bpfchain that writes another format; its program must be left alone. */
        record Newer(int format) implements Decoded {}

        /** Begins like one of ours and cannot be read. */
        record Damaged(String reason) implements Decoded {}
    }
}
