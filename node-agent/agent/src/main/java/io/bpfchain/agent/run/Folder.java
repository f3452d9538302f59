package io.bpfchain.agent.run;

import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.FileError;
import io.bpfchain.crds.file.ReadOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder of chain files. A file is read when it has not changed for a while, so that half of it is never taken for the whole: an
 * editor may write in place, or write another file and rename it. What did not change is not read again.
 */
final class Folder {
    private static final String CHAIN_FILES = "*.{yaml,yml,json}";

    private final Path directory;
    private final Duration settle;
    private final ChainFiles reader = new ChainFiles();
    private Map<String, Look> looks = Map.of();

    Folder(Path directory, Duration settle) {
        this.directory = directory;
        this.settle = settle;
    }

    Seen look(Instant now) {
        Map<String, Look> next = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, CHAIN_FILES)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".")) {
                    look(file, now).ifPresent(look -> next.put(name, look));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            String why = e instanceof NoSuchFileException ? "no such directory" : e.toString();
            return new Seen.Unreadable("read " + directory + ": " + why);
        }
        looks = next;
        Map<String, Seen.File> seen = new HashMap<>();
        next.forEach((name, look) -> seen.put(name, look.seen()));
        return new Seen.Listed(seen);
    }

    private Optional<Look> look(Path file, Instant now) {
        Look before = looks.get(Objects.requireNonNull(file.getFileName()).toString());
        Stamp stamp;
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return Optional.empty();
            }
            if (!attributes.isRegularFile()) { // reading a pipe would wait for whoever writes
                return Optional.of(invalid(now, file + ": not a regular file"));
            }
            stamp = new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return Files.isSymbolicLink(file)
                    ? Optional.of(invalid(now, file + ": the link leads nowhere"))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(invalid(now, file + ": " + e));
        }
        if (before == null || !before.stamp().equals(stamp)) {
            boolean old = Duration.between(stamp.modified().toInstant(), now).compareTo(settle) >= 0;
            return Optional.of(new Look(stamp, now, before == null && old ? read(file) : new Seen.File.Unsettled()));
        }
        boolean settled = Duration.between(before.since(), now).compareTo(settle) >= 0;
        return Optional.of(
                before.seen() instanceof Seen.File.Unsettled && settled
                        ? new Look(stamp, before.since(), read(file))
                        : before);
    }

    /** It is there, as far as can be told, and cannot be read. */
    private static Look invalid(Instant now, String why) {
        return new Look(new Stamp(null, 0, FileTime.from(Instant.EPOCH)), now, new Seen.File.Invalid(List.of(why)));
    }

    private Seen.File read(Path file) {
        return switch (reader.read(List.of(file.toString()), InputStream.nullInputStream())) {
            case ReadOutcome.Read read -> new Seen.File.Valid(read.documents());
            case ReadOutcome.Invalid invalid ->
                new Seen.File.Invalid(
                        invalid.errors().stream().map(FileError::toString).toList());
        };
    }

    /** What tells one content of a file from the next. */
    private record Stamp(@Nullable Object key, long size, FileTime modified) {}

    /**
     * What is known of a file.
     *
     * @param since when this stamp was first seen
     */
    private record Look(Stamp stamp, Instant since, Seen.File seen) {}
}
