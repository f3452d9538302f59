package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories in a directory with their inode numbers, by getdents64(2) alone. The JDK lists names, and asking for each number
 * takes another call and a map of attributes, which is what finding a thousand cgroups then mostly consists of.
 */
public final class DirectoryListing {
    private static final int BYTES = 64 * 1024;

    /** Offsets in {@code struct linux_dirent64}. */
    private static final int LENGTH = 16;

    private static final int TYPE = 18;
    private static final int NAME = 19;

    /** {@code DT_DIR}. */
    private static final byte DIRECTORY = 4;

    private DirectoryListing() {}

    /**
     * A directory in a directory.
     *
     * @param inode its number; where another file system is mounted on it, that of what is below the mount
     */
    public record Child(String name, long inode) {}

    /**
     * Lists the directories that a directory has now, in no order.
     *
     * @throws NoSuchFileException also where the directory went away meanwhile
     * @throws NotDirectoryException where it is something else
     * @throws AccessDeniedException for EACCES
     * @throws FileSystemException with the reason {@code Operation not permitted} for EPERM, and for everything else
     */
    public static List<Child> directories(Path directory) throws IOException {
        int opened = Native.openDirectory(Native.path(directory));
        if (opened < 0) {
            throw exception(directory, -opened);
        }
        List<Child> children = new ArrayList<>();
        try (Fd fd = new Fd(opened, directory.toString())) {
            ByteBuffer entries = Native.buffer(BYTES);
            int read = Native.readDirectory(fd.number(), entries);
            while (read > 0) {
                add(entries, read, children);
                read = Native.readDirectory(fd.number(), entries);
            }
            if (read < 0) {
                throw exception(directory, -read);
            }
        }
        return children;
    }

    private static void add(ByteBuffer entries, int bytes, List<Child> to) {
        int at = 0;
        while (at < bytes) {
            int length = Short.toUnsignedInt(entries.getShort(at + LENGTH));
            if (entries.get(at + TYPE) == DIRECTORY) {
                String name = name(entries, at + NAME, at + length);
                if (!name.equals(".") && !name.equals("..")) {
                    to.add(new Child(name, entries.getLong(at)));
                }
            }
            at += length;
        }
    }

    private static String name(ByteBuffer entries, int from, int to) {
        byte[] bytes = new byte[to - from];
        entries.get(from, bytes);
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static FileSystemException exception(Path directory, int errno) {
        String file = directory.toString();
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV -> new NoSuchFileException(file);
            case Errno.ENOTDIR -> new NotDirectoryException(file);
            case Errno.EACCES -> new AccessDeniedException(file);
            case Errno.EPERM -> new FileSystemException(file, null, "Operation not permitted");
            default -> new FileSystemException(file, null, Errno.name(errno));
        };
    }
}
