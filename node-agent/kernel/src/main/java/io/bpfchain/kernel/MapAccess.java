package io.bpfchain.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The elements of one live map, as bytes. Keys have exactly the map's key size; values have {@link #valueBytes()} bytes: the map's
 * value size, and for per-CPU maps the value size rounded up to 8, once for every possible CPU.
 */
public interface MapAccess {
    /** How long a value is on the way to and from the kernel. */
    int valueBytes();

    /** The value of a key, or empty where there is none. */
    Optional<byte[]> lookup(byte[] key) throws BpfException;

    /**
     * Writes one element.
     *
     * @param flags BPF_ANY (0), BPF_NOEXIST (1) or BPF_EXIST (2)
     */
    void update(byte[] key, byte[] value, long flags) throws BpfException;

    /** Writes many, in this order, with BPF_ANY; in batches where the kernel has them. On failure some may have been written. */
    void updateAll(List<Element> elements) throws BpfException;

    /** Whether the key was there. */
    boolean delete(byte[] key) throws BpfException;

    /** All keys; of a map that changes meanwhile, each key that stayed is in it at least. */
    List<byte[]> keys() throws BpfException;

    /** Calls with each key and value; elements that vanish meanwhile are left out. */
    void forEach(BiConsumer<byte[], byte[]> action) throws BpfException;

    /** One key and its value; the arrays are not copied. */
    record Element(byte[] key, byte[] value) {}
}
