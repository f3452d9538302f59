package io.bpfchain.kernel.btf;

import java.util.Arrays;
import java.util.Optional;

/** IP addresses between text and bytes in network order. Strict: no host names, no short or octal IPv4 forms, no zones. */
public final class IpText {
    public static final int V4_BYTES = 4;
    public static final int V6_BYTES = 16;

    /** What IPv4 addresses in IPv6 form begin with (RFC 4291, section 2.5.5.2). */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private IpText() {}

    /** 4 bytes for IPv4, 16 for IPv6 (RFC 4291, section 2.2), nothing for anything else. */
    public static Optional<byte[]> parse(String text) {
        if (text.length() > 45) {
            return Optional.empty();
        }
        return text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
    }

    private static Optional<byte[]> parse4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != V4_BYTES) {
            return Optional.empty();
        }
        byte[] address = new byte[V4_BYTES];
        for (int i = 0; i < V4_BYTES; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return Optional.empty();
            }
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(address);
    }

    private static Optional<byte[]> parse6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        byte[] head = new byte[V6_BYTES];
        if (gap < 0) {
            return groups(text, head) == V6_BYTES ? Optional.of(head) : Optional.empty();
        }
        byte[] tail = new byte[V6_BYTES];
        int before = groups(text.substring(0, gap), head);
        int after = groups(text.substring(gap + 2), tail);
        if (before < 0
                || after < 0
                || before + after > V6_BYTES - 2
                || text.substring(0, gap).indexOf('.') >= 0) {
            return Optional.empty();
        }
        System.arraycopy(tail, 0, head, V6_BYTES - after, after);
        return Optional.of(head);
    }

    /** Writes colon-separated groups, the last of which may be IPv4 text; the number of bytes, or -1 for malformed text. */
    private static int groups(String text, byte[] into) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            Optional<byte[]> embedded = i == parts.length - 1 ? parse4(parts[i]) : Optional.empty();
            if (embedded.isPresent() && at + V4_BYTES <= V6_BYTES) {
                System.arraycopy(embedded.get(), 0, into, at, V4_BYTES);
                at += V4_BYTES;
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}") && at + 2 <= V6_BYTES) {
                int group = Integer.parseInt(parts[i], 16);
                into[at++] = (byte) (group >>> 8);
                into[at++] = (byte) group;
            } else {
                return -1;
            }
        }
        return at;
    }

    /** The usual text (RFC 5952) of 4 or 16 bytes; an IPv4 address in IPv6 form as {@code ::ffff:192.0.2.1} (section 5). */
    public static String format(byte[] address) {
        if (address.length == V4_BYTES) {
            return (address[0] & 0xff) + "." + (address[1] & 0xff) + "." + (address[2] & 0xff) + "."
                    + (address[3] & 0xff);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
        }
        if (Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length)) {
            return "::ffff:" + format(Arrays.copyOfRange(address, MAPPED.length, V6_BYTES));
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                from = i;
                longest = end - i;
            }
        }
        return from < 0 ? hex(groups, 0, 8) : hex(groups, 0, from) + "::" + hex(groups, from + longest, 8);
    }

    private static String hex(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
