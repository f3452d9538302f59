package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was read of instances, for as long as nothing in their directories changes. A pin leads to the same program or map for as long as it
 * is there, and bpffs writes the time of every new, removed or renamed one into its directory.
 */
final class KnownInstances {
    /** The kernel's clock of files is as coarse as its tick, so that a change right after another one may have the same time. */
    private static final Duration COARSE = Duration.ofMillis(100);

    private final Map<Path, Known> byDirectory = new HashMap<>();

    private record Known(State state, PinnedInstance instance) {}

    /**
     * A directory as it was at a time.
     *
     * @param key the file system's own name of it
     * @param settled whether a later change will have another time
     */
    record State(@Nullable Object key, FileTime modified, boolean settled) {
        /** The state now; empty where the directory is gone. */
        static Optional<State> of(Path directory) throws IOException {
            Instant settled = Instant.now().minus(COARSE);
            try {
                BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class);
                FileTime modified = attributes.lastModifiedTime();
                return Optional.of(new State(
                        attributes.fileKey(), modified, modified.toInstant().isBefore(settled)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        private boolean isSame(State other) {
            return settled && Objects.equals(key, other.key) && modified.equals(other.modified);
        }
    }

    /** What was read of a directory that is in this state. */
    synchronized Optional<PinnedInstance> find(Path directory, State state) {
        return Optional.ofNullable(byDirectory.get(directory))
                .filter(k -> k.state().isSame(state))
                .map(Known::instance);
    }

    /**
     * One that was read.
     *
     * @param state of its directory before it was read
     */
    synchronized void add(PinnedInstance instance, State state) {
        byDirectory.put(instance.directory(), new Known(state, instance));
    }

    /** Forgets all but these. */
    synchronized void replaceBy(KnownInstances newer) {
        byDirectory.clear();
        byDirectory.putAll(newer.byDirectory);
    }
}
