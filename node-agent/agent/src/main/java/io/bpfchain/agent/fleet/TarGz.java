package io.bpfchain.agent.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;

/** Writes small files into a compressed tar archive (POSIX ustar, pax(1)). */
public final class TarGz implements AutoCloseable {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int PREFIX_BYTES = 155;

    private final OutputStream out;
    private final Instant time;

    /**
     * Begins one.
     *
     * @param time of every file in it
     */
    public TarGz(OutputStream out, Instant time) throws IOException {
        this.out = new GZIPOutputStream(out);
        this.time = time;
    }

    /** Adds a file with mode 644. */
    public void add(String path, byte[] content) throws IOException {
        out.write(header(path, content.length));
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private byte[] header(String path, int length) {
        byte[] header = new byte[BLOCK];
        int slash = path.length() <= NAME_BYTES ? -1 : path.indexOf('/', path.length() - NAME_BYTES - 1);
        String prefix = slash < 0 ? "" : path.substring(0, slash);
        String name = path.substring(slash + 1);
        if (name.length() > NAME_BYTES || prefix.length() > PREFIX_BYTES) {
            throw new IllegalArgumentException("a path that is too long for a tar archive: " + path);
        }
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(length));
        put(header, 136, "%011o".formatted(time.getEpochSecond()));
        put(header, 148, "        "); // the sum counts its own field as blanks
        put(header, 156, "0");
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 345, prefix);
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** Ends the archive, and closes what it is written to. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
