package io.bpfchain.kernel.map;

import io.bpfchain.kernel.btf.Cidr;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Key bytes as a value; equal when the kernel takes them for the same key. */
record Key(byte[] bytes) {
    /** The key as the kernel compares it: in an LPM trie, bits after the prefix do not count. */
    static Key of(MapType type, byte[] bytes) {
        return new Key(type == MapType.LPM_TRIE ? masked(bytes) : bytes);
    }

    /** The prefix length of an LPM key. */
    static long prefixLength(byte[] key) {
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(key).order(ByteOrder.nativeOrder()).getInt());
    }

    static byte[] masked(byte[] key) {
        byte[] data =
                Cidr.mask(Arrays.copyOfRange(key, 4, key.length), (int) Math.min(prefixLength(key), Integer.MAX_VALUE));
        byte[] masked = key.clone();
        System.arraycopy(data, 0, masked, 4, data.length);
        return masked;
    }

    /** The bytes of an array's index. */
    static byte[] index(long index) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt((int) index)
                .array();
    }

    /** The index that the bytes of an array's key mean. */
    static BigInteger index(byte[] key) {
        return BigInteger.valueOf(prefixLength(key));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key k && Arrays.equals(bytes, k.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
