package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Objects;

/**
 * What the operating system answered to a call on a file. Java tells some answers by a class of their own, and the others in the words of
 * strerror(3), where no number is left.
 *
 * @param errno positive; 0 where it is not known
 * @param text for example {@code ENOSPC (no space is left on the file system)}
 */
public record FileAnswer(int errno, String text) {
    private static final Map<String, FileAnswer> BY_WORDS = Map.of(
            "No space left on device", of(Errno.ENOSPC, "no space is left on the file system"),
            "Disk quota exceeded", of(Errno.EDQUOT, "the quota of this user is used up"),
            "Read-only file system", of(Errno.EROFS, "the file system is read-only"),
            "Operation not permitted", of(Errno.EPERM, "not permitted"),
            "Input/output error", of(Errno.EIO, "the disk does not work"),
            "Too many open files", of(Errno.EMFILE, "too many files are open"),
            "File too large", of(Errno.EFBIG, "larger than a file may be here"));

    public FileAnswer {
        Objects.requireNonNull(text);
    }

    private static FileAnswer of(int errno, String words) {
        return new FileAnswer(errno, Errno.name(errno) + " (" + words + ")");
    }

    /** What an exception of {@code java.nio.file} stands for. */
    public static FileAnswer of(IOException e) {
        return switch (e) {
            case BpfException bpf -> new FileAnswer(bpf.errno(), bpf.getMessage());
            case AccessDeniedException _ -> of(Errno.EACCES, "permission denied");
            case NoSuchFileException _ -> of(Errno.ENOENT, "no such file or directory");
            case FileAlreadyExistsException _ -> of(Errno.EEXIST, "it is there already");
            case NotDirectoryException _ -> of(Errno.ENOTDIR, "not a directory");
            case DirectoryNotEmptyException _ -> of(Errno.ENOTEMPTY, "the directory is not empty");
            case FileSystemLoopException _ -> of(Errno.ELOOP, "links lead in a circle");
            case FileSystemException told -> worded(Objects.requireNonNullElse(told.getReason(), ""), e);
            default -> worded(Objects.requireNonNullElse(e.getMessage(), ""), e);
        };
    }

    private static FileAnswer worded(String words, IOException e) {
        FileAnswer known = BY_WORDS.get(words);
        return known != null
                ? known
                : new FileAnswer(0, words.isBlank() ? e.getClass().getSimpleName() : words);
    }

    /** A right is missing. */
    public boolean denied() {
        return errno == Errno.EACCES || errno == Errno.EPERM;
    }

    /** There is no room for what was to be written. */
    public boolean full() {
        return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
    }

    /** The file system takes nothing. */
    public boolean readOnly() {
        return errno == Errno.EROFS;
    }
}
