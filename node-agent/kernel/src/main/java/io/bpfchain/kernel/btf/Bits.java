package io.bpfchain.kernel.btf;

import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * Whole numbers in byte images, at any bit position: bit offsets count as C compilers count them for the byte order, so whole
 * integers and bitfields are the same case.
 */
final class Bits {
    private Bits() {}

    /** Writes the low bits of a number (two's complement). */
    static void put(byte[] image, long offset, int bits, BigInteger value, ByteOrder order) {
        for (int i = 0; i < bits; i++) {
            long at = position(offset, bits, i, order);
            int mask = mask(at, order);
            int index = (int) (at / 8);
            image[index] = (byte) (value.testBit(i) ? image[index] | mask : image[index] & ~mask);
        }
    }

    static BigInteger get(byte[] image, long offset, int bits, boolean signed, ByteOrder order) {
        byte[] number = new byte[bits / 8 + 1];
        for (int i = 0; i < bits; i++) {
            long at = position(offset, bits, i, order);
            if ((image[(int) (at / 8)] & mask(at, order)) != 0) {
                number[number.length - 1 - i / 8] |= (byte) (1 << i % 8);
            }
        }
        BigInteger value = new BigInteger(1, number);
        return signed && value.testBit(bits - 1) ? value.subtract(BigInteger.ONE.shiftLeft(bits)) : value;
    }

    private static long position(long offset, int bits, int i, ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN ? offset + i : offset + bits - 1 - i;
    }

    private static int mask(long at, ByteOrder order) {
        int within = (int) (at % 8);
        return order == ByteOrder.LITTLE_ENDIAN ? 1 << within : 0x80 >>> within;
    }
}
