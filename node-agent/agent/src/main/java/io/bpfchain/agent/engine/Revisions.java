package io.bpfchain.agent.engine;

import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.state.ChainStore;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.EntrySpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.file.EntriesFile;
import io.bpfchain.crds.file.EntriesOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The revisions that the machine keeps. */
final class Revisions {
    /** So many entries may stand in a chain file itself. */
    private static final int MOST_INLINE = 1000;

    private final StateDirectory state;

    Revisions(StateDirectory state) {
        this.state = state;
    }

    /** Oldest first. */
    List<Revision> history(String chain) {
        ChainStore chains = state.chains();
        int current = current(chain);
        return chains.numbers(chain).stream()
                .map(n -> revision(chains.require(chain, n), current))
                .toList();
    }

    /** A revision in the form of a chain file whose paths still lead to the same bytes. */
    Optional<KeptRevision> content(String chain, int number) {
        return state.chains()
                .revision(chain, number)
                .map(r -> new KeptRevision(chain, revision(r, current(chain)), spec(r)));
    }

    /** Of a deleted chain none is. */
    private int current(String chain) {
        return state.journals().read(chain).map(Journal::revision).orElse(0);
    }

    private static Revision revision(StoredRevision stored, int current) {
        return new Revision(stored.number(), stored.at(), stored.cause(), stored.digest(), stored.number() == current);
    }

    private ChainSpec spec(StoredRevision revision) {
        return revision.spec()
                .withObjects(revision.spec().objects().stream()
                        .map(o -> object(o, revision.object(o.name())))
                        .toList());
    }

    private ObjectSpec object(ObjectSpec object, StoredRevision.StoredObject stored) {
        SourceSpec source = object.source().file() == null
                ? object.source() // a URL has a digest
                : SourceSpec.file(new SourceSpec.FileSource(
                        state.objects().path(stored.digest()).toString(), Digests.hex(stored.digest())));
        return new ObjectSpec(
                object.name(),
                source,
                object.globals(),
                object.maps().stream()
                        .map(m -> map(m, stored.entries().get(m.name())))
                        .toList());
    }

    /** Entries that came from a file stand in the chain itself where they are not too many. */
    private MapSpec map(MapSpec map, @Nullable String digest) {
        MapSpec.EntriesFrom from = map.entriesFrom();
        if (from == null || digest == null) {
            return map;
        }
        String text = new String(state.entries().read(digest), StandardCharsets.UTF_8);
        return new EntriesFile().parse(from.place(), text) instanceof EntriesOutcome.Read read
                        && read.entries().size() <= MOST_INLINE
                ? with(map, read.entries().stream().map(e -> e.entry()).toList(), null)
                : with(
                        map,
                        null,
                        MapSpec.EntriesFrom.file(
                                new MapSpec.EntriesFrom.FileEntries(kept(from, digest), Digests.hex(digest))));
    }

    /** The machine's own copy; of a list that an older version kept without a name for its format, the file that it came from. */
    private String kept(MapSpec.EntriesFrom from, String digest) {
        Path copy = state.entries().list(digest, from.place());
        return Files.exists(copy) ? copy.toString() : from.place();
    }

    private static MapSpec with(MapSpec map, @Nullable List<EntrySpec> entries, MapSpec.@Nullable EntriesFrom from) {
        return new MapSpec(
                map.name(),
                map.onUpdate(),
                map.sharedAs(),
                map.pin(),
                entries,
                from,
                map.onEntriesChange(),
                map.writtenByProgram());
    }
}
