package io.bpfchain.kernel;

import io.bpfchain.kernel.MapAccess.Element;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * BPF_MAP_UPDATE_BATCH and BPF_MAP_LOOKUP_BATCH ({@code kernel/bpf/syscall.c}; 5.6, LPM tries 5.13). Which maps have them differs
 * between kernels, so a refusal before the first element is not an error: the caller goes on element by element.
 */
final class MapBatches {
    /** Hash lookups need room for the fullest bucket; this is beyond any that a sound hash makes. */
    private static final int MOST = 4096;

    private static final int MOST_BYTES = 1 << 20;

    private final Fd fd;
    private final MapInfo info;
    private final int valueBytes;

    MapBatches(Fd fd, MapInfo info, int valueBytes) {
        this.fd = fd;
        this.info = info;
        this.valueBytes = valueBytes;
    }

    private int size() {
        return Math.clamp(MOST_BYTES / Math.max(1, info.keySize() + valueBytes), 1, MOST);
    }

    /** Writes from the first one on and returns how many are written; the first one not written says what is wrong when it is tried alone. */
    int update(List<Element> elements) {
        if (elements.size() < 2) {
            return 0;
        }
        int size = Math.min(size(), elements.size());
        ByteBuffer keys = MapHandle.allocate(size * info.keySize());
        ByteBuffer values = MapHandle.allocate(size * valueBytes);
        ByteBuffer token = MapHandle.allocate(Math.max(Long.BYTES, info.keySize()));
        int done = 0;
        while (done < elements.size()) {
            int count = Math.min(size, elements.size() - done);
            for (int i = 0; i < count; i++) {
                Element element = elements.get(done + i);
                keys.put(i * info.keySize(), element.key());
                values.put(i * valueBytes, element.value());
            }
            long result = Native.mapBatch(Native.MAP_UPDATE_BATCH, fd.number(), false, token, keys, values, count, 0);
            if (errno(result) != 0) {
                // A refusal before the first element leaves the count as it was passed.
                return done + (count(result) < count ? count(result) : 0);
            }
            done += count;
        }
        return done;
    }

    /** Whether the map was read to its end this way; if not, the action has not been called. */
    boolean forEach(BiConsumer<byte[], byte[]> action) {
        int size = Math.max(2, Math.min(size(), info.maxEntries()));
        ByteBuffer keys = MapHandle.allocate(size * info.keySize());
        ByteBuffer values = MapHandle.allocate(size * valueBytes);
        ByteBuffer token = MapHandle.allocate(Math.max(Long.BYTES, info.keySize()));
        List<Element> found = new ArrayList<>();
        boolean resume = false;
        while (true) {
            long result = Native.mapBatch(Native.MAP_LOOKUP_BATCH, fd.number(), resume, token, keys, values, size, 0);
            int errno = errno(result);
            if (errno != 0 && errno != Errno.ENOENT) {
                return false;
            }
            for (int i = 0; i < count(result); i++) {
                byte[] key = new byte[info.keySize()];
                byte[] value = new byte[valueBytes];
                keys.get(i * info.keySize(), key);
                values.get(i * valueBytes, value);
                found.add(new Element(key, value));
            }
            if (errno == Errno.ENOENT) {
                found.forEach(e -> action.accept(e.key(), e.value()));
                return true;
            }
            resume = true;
        }
    }

    private static int count(long result) {
        return (int) result;
    }

    private static int errno(long result) {
        return (int) (result >>> 32);
    }
}
