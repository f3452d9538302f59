package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.crds.EntrySpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.EntriesFile;
import io.bpfchain.crds.file.EntriesOutcome;
import io.bpfchain.crds.file.FileError;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.map.DeclaredEntries;
import io.bpfchain.kernel.map.EntryDecoder;
import io.bpfchain.kernel.map.PlacedValue;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads and checks the declared contents of an object's maps; every wrong entry is named by its line. */
final class Declarations {
    private final BlobStore entries;

    Declarations(BlobStore entries) {
        this.entries = entries;
    }

    /** All declared contents of an object; adds to {@code problems} what is wrong. */
    List<DeclaredMap> read(Snapshot snapshot, ObjectSpec object, ObjectInfo info, Btf types, List<Problem> problems) {
        List<DeclaredMap> declared = new ArrayList<>();
        for (MapSpec map : object.maps()) {
            String subject = "map " + map.name() + " of object " + object.name() + " of chain " + snapshot.chain();
            String field = snapshot.fieldOf(object.name(), map.name());
            Optional<MapDefinition> definition = info.maps().stream()
                    .filter(m -> m.name().equals(map.name()))
                    .findFirst();
            if (definition.isEmpty()) {
                problems.add(new Problem(
                                Problem.Kind.INVALID,
                                "NoSuchMap",
                                subject,
                                "object " + object.name() + " has no map " + map.name() + "; it has " + names(info),
                                "Name one of the object's maps.")
                        .at(snapshot.at(field + ".name")));
            } else if (map.entries() != null || map.entriesFrom() != null) {
                values(snapshot, object, map, problems)
                        .flatMap(v -> encode(
                                map,
                                definition.get(),
                                types,
                                v,
                                subject,
                                problems,
                                p -> place(snapshot, field, map, p)))
                        .ifPresent(declared::add);
            }
        }
        return declared;
    }

    private static String names(ObjectInfo info) {
        return info.maps().isEmpty()
                ? "none"
                : info.maps().stream().map(MapDefinition::name).collect(Collectors.joining(", "));
    }

    private Optional<List<PlacedValue>> values(
            Snapshot snapshot, ObjectSpec object, MapSpec map, List<Problem> problems) {
        List<EntrySpec> inline = map.entries();
        if (inline != null) {
            List<PlacedValue> values = new ArrayList<>(inline.size());
            String place = snapshot.fieldOf(object.name(), map.name()) + ".entries[";
            for (int i = 0; i < inline.size(); i++) {
                values.add(new PlacedValue(inline.get(i).key(), inline.get(i).value(), place + i + "]"));
            }
            return Optional.of(values);
        }
        MapSpec.EntriesFrom from = map.entriesFrom();
        String digest = snapshot.object(object.name()).entries().get(map.name());
        if (from == null || digest == null) {
            throw new IllegalStateException("the entries of map " + map.name() + " were never fetched");
        }
        String text = new String(entries.read(digest), StandardCharsets.UTF_8);
        String field = snapshot.fieldOf(object.name(), map.name()) + ".entriesFrom";
        return switch (new EntriesFile().parse(from.place(), text)) {
            case EntriesOutcome.Invalid invalid -> {
                invalid.errors()
                        .forEach(e -> problems.add(invalid("map " + map.name() + ": " + text(e), "map " + map.name())
                                .at(new Place(e.file(), e.line(), snapshot.chain(), field))));
                yield Optional.empty();
            }
            case EntriesOutcome.Read read ->
                Optional.of(read.entries().stream()
                        .map(e -> new PlacedValue(e.entry().key(), e.entry().value(), e.place()))
                        .toList());
        };
    }

    private static String text(FileError error) {
        return (error.fieldPath().isEmpty() ? "" : error.fieldPath() + ": ") + error.message();
    }

    /**
     * Where a value stands.
     *
     * @param field of the map
     * @param path what its reader called it: a field, or file and line
     */
    private static Place place(Snapshot snapshot, String field, MapSpec map, String path) {
        MapSpec.EntriesFrom from = map.entriesFrom();
        if (from != null && path.startsWith(from.place() + ":")) {
            int colon = path.lastIndexOf(':');
            int line = Integer.parseInt(path.substring(colon + 1));
            return new Place(path.substring(0, colon), line, snapshot.chain(), field + ".entriesFrom");
        }
        return snapshot.at(path.startsWith(field) ? path : field);
    }

    private static Optional<DeclaredMap> encode(
            MapSpec spec,
            MapDefinition definition,
            Btf btf,
            List<PlacedValue> values,
            String subject,
            List<Problem> problems,
            Function<String, Place> places) {
        return switch (DeclaredEntries.parse(definition, btf, values)) {
            case DeclaredEntries.Outcome.Parsed parsed ->
                Optional.of(new DeclaredMap(spec, parsed.entries(), subject, new EntryDecoder(definition, btf)));
            case DeclaredEntries.Outcome.Rejected rejected -> {
                rejected.problems()
                        .forEach(p -> problems.add(invalid("map " + spec.name() + ": " + p.message(), subject)
                                .at(places.apply(p.path()))));
                yield Optional.empty();
            }
        };
    }

    private static Problem invalid(String message, String subject) {
        return new Problem(Problem.Kind.INVALID, "InvalidEntries", subject, message, "Correct the entry.");
    }
}
