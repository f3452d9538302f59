package io.bpfchain.kernel.btf;

import java.util.Arrays;
import java.util.Optional;

/**
 * An address and the number of its leading bits that count. Host bits may be set; see {@link #hostBitsSet}.
 *
 * @param address 4 or 16 bytes in network order
 */
public record Cidr(byte[] address, int prefixLength) {
    public Cidr {
        address = address.clone();
    }

    @Override
    public byte[] address() {
        return address.clone();
    }

    /** {@code 10.0.0.0/8}, {@code fd00::/8}; an address alone means all of its bits. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        Optional<byte[]> address = IpText.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int all = 8 * address.get().length;
        if (slash < 0) {
            return Optional.of(new Cidr(address.get(), all));
        }
        String length = text.substring(slash + 1);
        return length.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(length) <= all
                ? Optional.of(new Cidr(address.get(), Integer.parseInt(length)))
                : Optional.empty();
    }

    public boolean hostBitsSet() {
        return !Arrays.equals(address, mask(address, prefixLength));
    }

    /** The same network without host bits. */
    public Cidr masked() {
        return new Cidr(mask(address, prefixLength), prefixLength);
    }

    /** A copy with all bits after the first {@code bits} cleared. */
    public static byte[] mask(byte[] data, int bits) {
        byte[] masked = data.clone();
        for (int i = 0; i < masked.length; i++) {
            int keep = Math.clamp(bits - 8L * i, 0, 8);
            masked[i] &= (byte) (0xff00 >>> keep);
        }
        return masked;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr c && prefixLength == c.prefixLength && Arrays.equals(address, c.address);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(address) + prefixLength;
    }

    @Override
    public String toString() {
        return IpText.format(address) + "/" + prefixLength;
    }
}
