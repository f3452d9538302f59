package io.bpfchain.kernel.btf;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.List;

/** Prefixes as LPM tries keep them: a 32-bit length in host order, then the address in network order. */
public final class Prefixes {
    private Prefixes() {}

    /**
     * The key of a prefix.
     *
     * @param addressBytes what the key has room for: 4 or 16
     * @return what is wrong; empty when it was written
     */
    public static List<ValueProblem> encode(Cidr cidr, int addressBytes, String path, byte[] image) {
        return write(cidr, addressBytes, path, new Slot(image, 0, 0));
    }

    static List<ValueProblem> write(Cidr cidr, int addressBytes, String path, Slot slot) {
        if (cidr.address().length != addressBytes) {
            boolean v4 = addressBytes == IpText.V4_BYTES;
            return List.of(new ValueProblem(
                    path,
                    cidr + " is an " + (v4 ? "IPv6" : "IPv4") + " prefix, but an " + (v4 ? "IPv4" : "IPv6")
                            + " one belongs here"));
        }
        if (cidr.hostBitsSet()) {
            return List.of(new ValueProblem(path, cidr + " has bits set after its prefix: write " + cidr.masked()));
        }
        Bits.put(slot.image(), slot.bitOffset(), 32, BigInteger.valueOf(cidr.prefixLength()), ByteOrder.nativeOrder());
        slot.at(32, 0).put(cidr.address());
        return List.of();
    }
}
