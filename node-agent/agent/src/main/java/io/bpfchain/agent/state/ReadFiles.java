package io.bpfchain.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files that were read last hold. They are only ever replaced as a whole, so the same file in the same state holds the same and is
 * not read again. One process that writes such a file twice within a tick of the file system's clock has to say so ({@link #written}, {@link #forget}).
 */
final class ReadFiles<T> {
    /** Reads a file; empty where there is none. */
    interface Reader<T> {
        Optional<T> read(Path file);
    }

    private final Reader<T> reader;
    private final Map<Path, Known<T>> latest;

    private record Known<T>(State state, T value) {}

    private record State(@Nullable Object key, FileTime modified, long size) {}

    /**
     * None yet.
     *
     * @param most that are remembered
     */
    ReadFiles(int most, Reader<T> reader) {
        this.reader = reader;
        this.latest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Path, Known<T>> eldest) {
                return size() > most;
            }
        };
    }

    /** What a file holds; empty where there is none. */
    Optional<T> read(Path file) {
        Optional<State> state = state(file);
        if (state.isEmpty()) {
            forget(file);
            return Optional.empty();
        }
        Optional<T> known = find(file, state.get());
        if (known.isPresent()) {
            return known;
        }
        Optional<T> value = reader.read(file);
        value.ifPresent(v -> remember(file, new Known<>(state.get(), v)));
        return value;
    }

    /** Learns what a file holds from who has just written it. */
    void written(Path file, T value) {
        state(file).ifPresent(state -> remember(file, new Known<>(state, value)));
    }

    /** Empty for a file that is not there. */
    private static Optional<State> state(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new State(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateException.io("read", file, e);
        }
    }

    private synchronized Optional<T> find(Path file, State state) {
        return Optional.ofNullable(latest.get(file))
                .filter(k -> Objects.equals(k.state(), state))
                .map(Known::value);
    }

    private synchronized void remember(Path file, Known<T> known) {
        latest.put(file, known);
    }

    synchronized void forget(Path file) {
        latest.remove(file);
    }
}
