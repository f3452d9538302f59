package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A live map and its descriptor. The kernel copies as many bytes as the map was made with, so every array is checked against the
 * map's sizes here. Methods may be called from several threads; they take turns.
 */
public final class MapHandle implements MapAccess, AutoCloseable {
    private static final int INFO_BYTES = 88;

    private final Fd fd;
    private final MapInfo info;
    private final int valueBytes;
    private final ByteBuffer key;
    private final ByteBuffer next;
    private final ByteBuffer value;
    private final MapBatches batches;

    private MapHandle(Fd fd) throws BpfException {
        this.fd = fd;
        this.info = info(fd);
        this.valueBytes = info.perCpu() ? info.valueBytes(possibleCpus()) : info.valueSize();
        this.key = allocate(info.keySize());
        this.next = allocate(info.keySize());
        this.value = allocate(valueBytes);
        this.batches = new MapBatches(fd, info, valueBytes);
    }

    private static int possibleCpus() throws BpfException {
        try {
            return Cpus.possible();
        } catch (IOException e) {
            BpfException failure = new BpfException("open", "/sys/devices/system/cpu/possible", Errno.ENOENT);
            failure.initCause(e);
            throw failure;
        }
    }

    static ByteBuffer allocate(int size) {
        return Native.buffer(Math.max(size, Long.BYTES));
    }

    /** Takes ownership of the descriptor, also when this fails. */
    static MapHandle of(Fd fd) throws BpfException {
        try {
            return new MapHandle(fd);
        } catch (BpfException e) {
            fd.close();
            throw e;
        }
    }

    /** The map that is pinned there. */
    public static MapHandle open(Path pin) throws BpfException {
        return of(Pins.open(pin));
    }

    /** The map with this id; EPERM without CAP_SYS_ADMIN. */
    public static MapHandle byId(int id) throws BpfException {
        return of(fdById(id));
    }

    /** What the kernel tells of the map with this id; EPERM without CAP_SYS_ADMIN. */
    static MapInfo infoById(int id) throws BpfException {
        try (Fd fd = fdById(id)) {
            return info(fd);
        }
    }

    private static Fd fdById(int id) throws BpfException {
        return Fd.check(
                "BPF_MAP_GET_FD_BY_ID",
                "map " + Integer.toUnsignedString(id),
                Native.fdById(Native.MAP_GET_FD_BY_ID, id));
    }

    /**
     * A new map without BTF.
     *
     * @param name 1 to 15 characters of [A-Za-z0-9_.]
     */
    public static MapHandle create(int type, int keySize, int valueSize, int maxEntries, int flags, String name)
            throws BpfException {
        int result =
                Native.mapCreate(type, keySize, valueSize, maxEntries, flags, name.getBytes(StandardCharsets.US_ASCII));
        return of(Fd.check("BPF_MAP_CREATE", name, result));
    }

    /** What the kernel tells of a map. */
    public static MapInfo info(Fd map) throws BpfException {
        byte[] bytes = new byte[INFO_BYTES];
        BpfException.check("BPF_OBJ_GET_INFO_BY_FD", map, Native.objectInfo(map.number(), bytes));
        ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return new MapInfo(
                info.getInt(4),
                info.getInt(0),
                info.getInt(8),
                info.getInt(12),
                info.getInt(16),
                info.getInt(20),
                Programs.text(bytes, 24, 16),
                info.getInt(64),
                info.getInt(68),
                info.getInt(72),
                info.getLong(80));
    }

    public Fd fd() {
        return fd;
    }

    public MapInfo info() {
        return info;
    }

    @Override
    public int valueBytes() {
        return valueBytes;
    }

    /** BPF_MAP_FREEZE (5.2): user space can write it no more. */
    public void freeze() throws BpfException {
        BpfException.check("BPF_MAP_FREEZE", fd, Native.mapFreeze(fd.number()));
    }

    @Override
    public synchronized Optional<byte[]> lookup(byte[] keyBytes) throws BpfException {
        put(key, keyBytes, info.keySize(), "key");
        int result = Native.mapLookup(fd.number(), key, value);
        if (result == -Errno.ENOENT) {
            return Optional.empty();
        }
        BpfException.check("BPF_MAP_LOOKUP_ELEM", fd, result);
        return Optional.of(get(value, valueBytes));
    }

    @Override
    public synchronized void update(byte[] keyBytes, byte[] bytes, long flags) throws BpfException {
        put(key, keyBytes, info.keySize(), "key");
        put(value, bytes, valueBytes, "value");
        BpfException.check("BPF_MAP_UPDATE_ELEM", fd, Native.mapUpdate(fd.number(), key, value, flags));
    }

    @Override
    public synchronized void updateAll(List<Element> elements) throws BpfException {
        for (Element element : elements) {
            requireLength(element.key(), info.keySize(), "key");
            requireLength(element.value(), valueBytes, "value");
        }
        int done = batches.update(elements);
        for (Element element : elements.subList(done, elements.size())) {
            update(element.key(), element.value(), 0);
        }
    }

    @Override
    public synchronized boolean delete(byte[] keyBytes) throws BpfException {
        put(key, keyBytes, info.keySize(), "key");
        int result = Native.mapDelete(fd.number(), key);
        if (result == -Errno.ENOENT) {
            return false;
        }
        BpfException.check("BPF_MAP_DELETE_ELEM", fd, result);
        return true;
    }

    @Override
    public synchronized List<byte[]> keys() throws BpfException {
        List<byte[]> keys = new ArrayList<>();
        int result = Native.mapFirstKey(fd.number(), next);
        while (result == 0) {
            byte[] bytes = get(next, info.keySize());
            keys.add(bytes);
            key.put(0, bytes);
            result = Native.mapNextKey(fd.number(), key, next);
        }
        if (result != -Errno.ENOENT) {
            BpfException.check("BPF_MAP_GET_NEXT_KEY", fd, result);
        }
        return keys;
    }

    @Override
    public synchronized void forEach(BiConsumer<byte[], byte[]> action) throws BpfException {
        if (batches.forEach(action)) {
            return;
        }
        for (byte[] bytes : keys()) {
            lookup(bytes).ifPresent(found -> action.accept(bytes, found));
        }
    }

    private void put(ByteBuffer buffer, byte[] bytes, int size, String what) {
        requireLength(bytes, size, what);
        buffer.put(0, bytes);
    }

    private void requireLength(byte[] bytes, int size, String what) {
        if (bytes.length != size) {
            throw new IllegalArgumentException(
                    "map " + info.name() + ": a " + what + " has " + size + " bytes, not " + bytes.length);
        }
    }

    private static byte[] get(ByteBuffer buffer, int size) {
        byte[] bytes = new byte[size];
        buffer.get(0, bytes);
        return bytes;
    }

    @Override
    public void close() {
        fd.close();
    }
}
