package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.source.Sources;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.agent.state.StoredRevision.StoredObject;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.EntriesFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fetches what a chain file refers to, checks digests and stores the bytes under them. */
public final class Fetch {
    private final Sources sources;
    private final BlobStore objects;
    private final BlobStore entries;

    public Fetch(Sources sources, BlobStore objects, BlobStore entries) {
        this.sources = sources;
        this.objects = objects;
        this.entries = entries;
    }

    /** Fetches everything; adds to {@code problems} what could not be fetched, and is empty then. */
    public Optional<Snapshot> fetch(ChainDocument document, String manager, List<Problem> problems) {
        List<StoredObject> stored = new ArrayList<>();
        for (int i = 0; i < document.spec().objects().size(); i++) {
            ObjectSpec object = document.spec().objects().get(i);
            String field = "spec.objects[" + i + "]";
            Optional<String> digest =
                    placed(document, field + ".source", problems, found -> object(object, document.directory(), found));
            Map<String, String> lists = new LinkedHashMap<>();
            for (int j = 0; j < object.maps().size(); j++) {
                MapSpec map = object.maps().get(j);
                MapSpec.EntriesFrom from = map.entriesFrom();
                if (from != null) {
                    placed(
                                    document,
                                    field + ".maps[" + j + "].entriesFrom",
                                    problems,
                                    found -> entries(from, document.directory(), found))
                            .ifPresent(d -> lists.put(map.name(), d));
                }
            }
            digest.ifPresent(d -> stored.add(new StoredObject(object.name(), d, lists)));
        }
        return problems.isEmpty()
                ? Optional.of(new Snapshot(
                        document.name(),
                        document.spec(),
                        stored,
                        "applied from " + document.origin(),
                        manager,
                        document.places()))
                : Optional.empty();
    }

    /** Does the work for one field of the chain, and says of every problem that it is about that field. */
    private static Optional<String> placed(
            ChainDocument document,
            String field,
            List<Problem> problems,
            Function<List<Problem>, Optional<String>> work) {
        List<Problem> found = new ArrayList<>();
        Optional<String> digest = work.apply(found);
        Place place = Place.of(document.places(), document.name(), field);
        found.forEach(p -> problems.add(p.at(place)));
        return digest;
    }

    private Optional<String> object(ObjectSpec object, Path directory, List<Problem> problems) {
        switch (sources.fetch(object.source(), directory)) {
            case Sources.Fetched.Refused refused -> problems.add(refused.problem());
            case Sources.Fetched.Bytes bytes -> {
                if (objects.put(bytes.file(), bytes.digest()).isPresent()) {
                    return Optional.of(bytes.digest());
                }
                problems.add(new Problem(
                        Problem.Kind.FAILED,
                        "SourceChanged",
                        bytes.file().toString(),
                        "read " + bytes.file() + ": the file changed while it was read",
                        "Write the object to another name and rename it into place, then apply again."));
            }
        }
        return Optional.empty();
    }

    private Optional<String> entries(MapSpec.EntriesFrom from, Path directory, List<Problem> problems) {
        if (from.file() != null) {
            return entries(from.file(), directory, problems);
        }
        problems.add(invalid(
                "NeedsCluster",
                from.place(),
                "read entries from " + from.place() + ": only the agents of a cluster have it",
                "Write the list to a file beside the chain file and name it under entriesFrom.file."));
        return Optional.empty();
    }

    private Optional<String> entries(MapSpec.EntriesFrom.FileEntries from, Path directory, List<Problem> problems) {
        Path file = directory.resolve(from.path());
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                problems.add(invalid(
                        "NotAFile",
                        file.toString(),
                        "read entries from " + file + ": not a regular file",
                        "Name a list of entries."));
                return Optional.empty();
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(EntriesFile.FILE_BYTES + 1);
            }
            if (bytes.length > EntriesFile.FILE_BYTES) {
                problems.add(invalid(
                        "EntriesTooLong",
                        file.toString(),
                        "read entries from " + file + ": the file is longer than " + (EntriesFile.FILE_BYTES >> 20)
                                + " MiB",
                        "Check that the file is a list of entries."));
                return Optional.empty();
            }
            Optional<Problem> mismatch = mismatch(file, Digests.of(bytes), from.sha256());
            mismatch.ifPresent(problems::add);
            return mismatch.isPresent() ? Optional.empty() : Optional.of(entries.putList(bytes, from.path()));
        } catch (IOException e) {
            problems.add(unreadable(file, e));
            return Optional.empty();
        }
    }

    private static Optional<Problem> mismatch(Path file, String digest, @Nullable String wanted) {
        return wanted == null || digest.equals("sha256:" + wanted)
                ? Optional.empty()
                : Optional.of(invalid(
                        "DigestMismatch",
                        file.toString(),
                        "read entries from " + file + ": the chain asks for sha256:" + wanted + ", the file has "
                                + digest,
                        "Bring the file that the chain asks for, or change the digest in the chain."));
    }

    private static Problem unreadable(Path file, IOException why) {
        String subject = file.toString();
        return switch (why) {
            case NoSuchFileException _ ->
                invalid(
                        "EntriesNotFound",
                        subject,
                        "read entries from " + file + ": no such file",
                        "Check the path; a relative one is relative to the directory of the chain file.");
            case AccessDeniedException _ ->
                new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "FileNotReadable",
                        subject,
                        "read entries from " + file + ": EACCES",
                        "Make the file readable, or run as root or with CAP_DAC_READ_SEARCH.");
            default ->
                new Problem(
                        Problem.Kind.FAILED,
                        "EntriesUnreadable",
                        subject,
                        "read entries from " + file + ": " + why.getMessage(),
                        "Look at the file, and at the file system that it is on.");
        };
    }

    private static Problem invalid(String reason, String subject, String message, String remedy) {
        return new Problem(Problem.Kind.INVALID, reason, subject, message, remedy);
    }
}
