package io.bpfchain.agent.state;

import io.bpfchain.crds.file.EntriesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Bytes by digest: objects and entry lists. What is stored is whole and never changes, for all that this store does; whoever uses it makes
 * sure all the same, because a disk may, and what is put again is repaired.
 */
public final class BlobStore {
    private static final String INSPECTION = ".inspection-1";
    private static final String YAML = ".yaml";

    private final Path directory;
    private final Optional<BlobStore> below;

    /** Blobs in a directory, which is made with the first one. */
    public BlobStore(Path directory) {
        this(directory, Optional.empty());
    }

    private BlobStore(Path directory, Optional<BlobStore> below) {
        this.directory = directory;
        this.below = below;
    }

    /** These blobs, with new ones going to another directory. */
    BlobStore over(Path scratch) {
        return new BlobStore(scratch, Optional.of(this));
    }

    /** Stores bytes and returns their digest. */
    public String put(byte[] bytes) {
        String digest = Digests.of(bytes);
        if (!holds(digest)) {
            write(digest, bytes);
        }
        return digest;
    }

    /**
     * Stores a copy of a file whose digest was already taken; empty where the file has changed since then.
     *
     * @return where the copy is
     */
    public Optional<Path> put(Path source, String digest) {
        if (holds(digest)) {
            return Optional.of(path(digest));
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(source);
        } catch (IOException e) {
            throw StateException.io("read", source, e);
        }
        if (!Digests.of(bytes).equals(digest)) {
            return Optional.empty();
        }
        return Optional.of(write(digest, bytes));
    }

    private Path write(String digest, byte[] bytes) {
        Path file = path(digest);
        DurableFiles.write(file, bytes);
        DurableFiles.delete(inspection(digest)); // of what was there before, if anything was
        return file;
    }

    /** Whether the blob is there, with this digest. */
    public boolean holds(String digest) {
        Path file = path(digest);
        try {
            return Files.exists(file) && Digests.of(file).equals(digest);
        } catch (IOException e) {
            throw StateException.io("read", file, e);
        }
    }

    /** The place of a blob that is what its name says. */
    public Path sound(String digest) {
        Path file = path(digest);
        if (!Files.exists(file)) {
            throw StateException.gone(file);
        }
        if (!holds(digest)) {
            throw StateException.corrupt(file, new IOException("its content has another digest"));
        }
        return file;
    }

    /** Stores a list, whose format its file's name tells; see {@link #list}. */
    public String putList(byte[] bytes, String fileName) {
        String digest = put(bytes);
        Path named = named(digest);
        if (EntriesFile.isYaml(fileName) && !isLinkOf(named, path(digest))) {
            DurableFiles.delete(named);
            DurableFiles.link(named, path(digest));
        }
        return digest;
    }

    private static boolean isLinkOf(Path named, Path blob) {
        try {
            return Files.exists(named) && Files.isSameFile(named, blob);
        } catch (IOException e) {
            throw StateException.io("look at", named, e);
        }
    }

    /** A stored list under a name that tells the same format as that of the file that it came from. */
    public Path list(String digest, String fileName) {
        return EntriesFile.isYaml(fileName) ? named(digest) : path(digest);
    }

    private Path named(String digest) {
        Path blob = path(digest);
        return blob.resolveSibling(blob.getFileName() + YAML);
    }

    /** Where the blob with this digest is or would be. */
    public Path path(String digest) {
        return below.filter(b -> b.contains(digest))
                .map(b -> b.path(digest))
                .orElseGet(() -> directory.resolve(Digests.hex(digest)));
    }

    public boolean contains(String digest) {
        return Files.exists(path(digest));
    }

    /** The bytes; a missing blob that a revision names is broken state. */
    public byte[] read(String digest) {
        Path file = path(digest);
        byte[] bytes = DurableFiles.read(file).orElseThrow(() -> StateException.gone(file));
        if (!Digests.of(bytes).equals(digest)) {
            throw StateException.corrupt(file, new IOException("its content has another digest"));
        }
        return bytes;
    }

    /** Removes every blob that is not in {@code needed}. */
    public void retain(Set<String> needed) {
        DurableFiles.removeUnfinished(directory);
        Set<String> names = needed.stream().map(Digests::hex).collect(java.util.stream.Collectors.toSet());
        for (String name : DurableFiles.list(directory)) {
            int dot = name.indexOf('.');
            if (!names.contains(dot < 0 ? name : name.substring(0, dot))) {
                DurableFiles.deleteUnforced(directory.resolve(name));
            }
        }
    }

    /** Where what an inspection of this object said is kept. */
    public Path inspection(String digest) {
        String name = Digests.hex(digest) + INSPECTION;
        return below.map(b -> b.directory.resolve(name)).filter(Files::exists).orElseGet(() -> directory.resolve(name));
    }

    /** Keeps what an inspection of a stored object said; goes with the object. */
    public void putInspection(String digest, byte[] bytes) {
        DurableFiles.write(inspection(digest), bytes);
    }
}
