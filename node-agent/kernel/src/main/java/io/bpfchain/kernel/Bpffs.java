package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * bpfchain's directory on a BPF file system: {@code <bpffs>/bpfchain}, mode 0700.
 *
 * <pre>
 * &lt;instance&gt;/prog_*  id_prog_*  map_*   what one load made; named by instance id, never by role
 * by-chain/&lt;chain&gt;/&lt;map&gt;              stable paths for people
 * %new-&lt;instance&gt;  %gone-&lt;...&gt;          a load or a removal that has not finished
 * </pre>
 *
 * An instance appears and disappears by one rename, so it is there whole or not at all; what is left of an unfinished load or
 * removal carries a name that no instance has, and {@link #sweep} removes it.
 */
public final class Bpffs {
    /** Pins of programs begin so. */
    public static final String PROGRAM = "prog_";

    /** Pins of maps begin so. */
    public static final String MAP = "map_";

    /** The pin of a program's identity map is this and the name of the program's pin. */
    public static final String IDENTITY = "id_";

    /** Directories of loads that have not finished begin so; {@link #sweep} removes them. */
    public static final String STAGING = "%new-";

    static final String BY_CHAIN = "by-chain";
    private static final String GONE = "%gone-";

    private final Path mount;
    private final Path root;
    private final KnownInstances known = new KnownInstances();

    Bpffs(Path mount) {
        this.mount = mount;
        this.root = mount.resolve("bpfchain");
    }

    /** The directory on bpffs that was found. */
    public Path mount() {
        return mount;
    }

    /** bpfchain's own directory in it; may not exist yet. */
    public Path root() {
        return root;
    }

    /** Makes {@link #root()} where it is missing. */
    public Path createRoot() throws IOException {
        createPrivate(root);
        return root;
    }

    private static void createPrivate(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /** Where a program of this name is pinned within its instance. */
    public static String programPin(String program) {
        return PROGRAM + PinName.encode(program);
    }

    /** Where a map of this name is pinned within its instance. */
    public static String mapPin(String map) {
        return MAP + PinName.encode(map);
    }

    /** The directory of a published instance. */
    public Path instanceDirectory(String instance) {
        if (instance.equals(BY_CHAIN)) {
            throw new IllegalArgumentException("an instance cannot be called " + BY_CHAIN);
        }
        return root.resolve(PinName.encode(instance));
    }

    /** Where a load pins before {@link #publish}; the load itself makes the directory. */
    public Path stagingDirectory(String instance) {
        return root.resolve(STAGING + PinName.encode(instance));
    }

    /** Makes a finished load visible under its instance id, at once. */
    public Path publish(String instance) throws IOException {
        Path directory = instanceDirectory(instance);
        Files.move(stagingDirectory(instance), directory, StandardCopyOption.ATOMIC_MOVE);
        return directory;
    }

    /** Removes what a load pinned that is not to be published. */
    public void abandon(String instance) throws IOException {
        delete(stagingDirectory(instance));
    }

    /** Everything that is pinned. What cannot be read is reported in the result. */
    public InstanceScan.Result scan() throws IOException {
        return InstanceScan.of(this, known);
    }

    /**
     * Removes an instance's pins; programs that are attached keep running. The first act takes the instance away as a whole, so
     * after a crash {@link #sweep} can finish. An instance that is not there is fine.
     */
    public void remove(String instance) throws IOException {
        Path gone = root.resolve(GONE + UUID.randomUUID());
        try {
            Files.move(instanceDirectory(instance), gone, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return;
        }
        delete(gone);
    }

    /** Removes what loads and removals left that did not finish. Only for the holder of the writer lock. */
    public void sweep() throws IOException {
        for (Path directory : children(root)) {
            if (isUnfinished(directory)) {
                delete(directory);
            }
        }
    }

    static boolean isUnfinished(Path directory) {
        String name = directory.getFileName().toString();
        return name.startsWith(STAGING) || name.startsWith(GONE);
    }

    private static void delete(Path directory) throws IOException {
        for (Path pin : children(directory)) {
            Files.deleteIfExists(pin);
        }
        Files.deleteIfExists(directory);
    }

    /** The stable path of a map of a chain. */
    public Path stablePin(String chain, String map) {
        return root.resolve(BY_CHAIN).resolve(PinName.encode(chain)).resolve(PinName.encode(map));
    }

    /** Lets the stable path lead to the map that is pinned at {@code pin}, atomically: readers see the old or the new map. */
    public void publishMap(String chain, String map, Path pin) throws IOException {
        Path stable = stablePin(chain, map);
        createRoot();
        createPrivate(root.resolve(BY_CHAIN));
        createPrivate(root.resolve(BY_CHAIN).resolve(PinName.encode(chain)));
        Path unfinished = stable.resolveSibling(STAGING + PinName.encode(map));
        Files.deleteIfExists(unfinished);
        try (Fd fd = Pins.open(pin)) {
            Pins.pin(fd, unfinished);
        }
        Files.move(unfinished, stable, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes stable paths of a chain whose map is not in {@code keep}, and the chain's directory when it is empty. */
    public void retainMaps(String chain, java.util.Set<String> keep) throws IOException {
        Path directory = root.resolve(BY_CHAIN).resolve(PinName.encode(chain));
        for (Path pin : children(directory)) {
            boolean kept = PinName.decode(pin.getFileName().toString())
                    .filter(keep::contains)
                    .isPresent();
            if (!kept) {
                Files.deleteIfExists(pin);
            }
        }
        if (keep.isEmpty()) {
            Files.deleteIfExists(directory);
        }
    }

    /** Sorted; empty for a directory that is not there. */
    static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        children.sort(null);
        return children;
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
