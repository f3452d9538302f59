package io.bpfchain.kernel.btf;

import java.util.Arrays;

/**
 * A place in an image that is being written.
 *
 * @param image written in place
 * @param bitOffset from the start of the image
 * @param bits width of a bitfield, 0 where the type fills its bytes
 */
record Slot(byte[] image, long bitOffset, int bits) {
    int byteOffset() {
        return (int) (bitOffset / 8);
    }

    Slot at(long bitsFurther, int width) {
        return new Slot(image, bitOffset + bitsFurther, width);
    }

    void put(byte[] bytes) {
        System.arraycopy(bytes, 0, image, byteOffset(), bytes.length);
    }

    void clear(int from, int to) {
        Arrays.fill(image, byteOffset() + from, byteOffset() + to, (byte) 0);
    }
}
