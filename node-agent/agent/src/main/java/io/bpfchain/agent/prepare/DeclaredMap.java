package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.EntryChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.OnEntriesChange;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.map.ContentsPlan;
import io.bpfchain.kernel.map.EncodedEntries;
import io.bpfchain.kernel.map.EntryDecoder;
import io.bpfchain.kernel.map.MapContents;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Declared contents of one map, checked and encoded.
 *
 * @param subject names the map for people
 * @param decoder of its elements
 */
public record DeclaredMap(MapSpec spec, EncodedEntries entries, String subject, EntryDecoder decoder) {
    private static final int BPF_F_RDONLY_PROG = 1 << 7;

    public DeclaredMap {
        Objects.requireNonNull(spec);
        Objects.requireNonNull(entries);
        Objects.requireNonNull(subject);
        Objects.requireNonNull(decoder);
    }

    /** Whether a change is made entry by entry, with the program untouched. */
    public boolean inPlace() {
        return spec.onEntriesChange() == OnEntriesChange.InPlace;
    }

    /** What makes the verifier refuse a program that writes the map. */
    int addedFlags() {
        return spec.writtenByProgram() ? 0 : BPF_F_RDONLY_PROG;
    }

    /** What differs between the live map and the declaration. */
    public ContentsPlan plan(Path pin) throws BpfException {
        try (MapHandle map = MapHandle.open(pin)) {
            return new MapContents(map).plan(entries, spec.writtenByProgram());
        }
    }

    /** A change in the words of a chain file. */
    public EntryChange shown(ContentsPlan.Change change) {
        return switch (change) {
            case ContentsPlan.Change.Put put ->
                new EntryChange(
                        decoder.key(put.key()),
                        put.old().length == 0 ? Optional.empty() : Optional.of(decoder.declared(put.old())),
                        Optional.of(decoder.declared(put.value())));
            case ContentsPlan.Change.Delete delete ->
                new EntryChange(
                        decoder.key(delete.key()), Optional.of(decoder.declared(delete.old())), Optional.empty());
        };
    }

    /** Fills a new map, which nothing can see yet, and reads it back. */
    Optional<Problem> fill(Path pin) {
        return write(pin, false);
    }

    /** Brings a live map to the declaration and reads it back. */
    public Optional<Problem> update(Path pin) {
        return write(pin, spec.writtenByProgram());
    }

    private Optional<Problem> write(Path pin, boolean keysOnly) {
        try (MapHandle map = MapHandle.open(pin)) {
            MapContents contents = new MapContents(map);
            contents.apply(contents.plan(entries, keysOnly));
            int different = contents.verify(entries, keysOnly).size();
            return different == 0
                    ? Optional.empty()
                    : Optional.of(new Problem(
                            Problem.Kind.FAILED,
                            "ContentsDiffer",
                            subject,
                            "write " + entries.entries().size() + " entries into " + subject + ": read back, "
                                    + different + " differ",
                            "Find out who else writes this map, then apply again."));
        } catch (BpfException e) {
            return Optional.of(new Problem(
                    Problem.Kind.FAILED,
                    "ContentsFailed",
                    subject,
                    "write " + entries.entries().size() + " entries into " + subject + ": " + e.getMessage(),
                    "Check max_entries of the map and the memory limits, then apply again."));
        }
    }
}
