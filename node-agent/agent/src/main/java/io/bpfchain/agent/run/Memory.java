package io.bpfchain.agent.run;

import io.bpfchain.crds.file.ChainDocument;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the daemon remembers from one decision to the next. Nothing of it is needed after a restart: chains and their managers are
 * recorded by the machine.
 *
 * @param good the last valid content of each file that is there, by file name
 * @param missing chains of this folder that no file names now, by chain name
 * @param tried what was last given to the machine, by chain name, whatever came of it
 * @param refreshed when everything was last given to the machine
 * @param kept chains of this folder that the machine had; one that it does not have any more was taken out by somebody, and is left out
 *     until its file says something else
 */
public record Memory(
        Map<String, List<ChainDocument>> good,
        Map<String, Missing> missing,
        Map<String, Tried> tried,
        Optional<Instant> refreshed,
        Set<String> kept) {
    /** At the start of the daemon. */
    public static final Memory EMPTY = new Memory(Map.of(), Map.of(), Map.of(), Optional.empty(), Set.of());

    public Memory {
        good = Map.copyOf(good);
        missing = Map.copyOf(missing);
        tried = Map.copyOf(tried);
        Objects.requireNonNull(refreshed);
        kept = Set.copyOf(kept);
    }

    /** After the machine took these chains. */
    public Memory afterTaking(Collection<String> taken) {
        Set<String> all = new HashSet<>(kept);
        all.addAll(taken);
        return new Memory(good, missing, tried, refreshed, all);
    }

    /**
     * After documents were given to the machine.
     *
     * @param sources how the files that they refer to looked before
     * @param everything whether they were all that there are
     */
    public Memory afterTrying(List<ChainDocument> documents, Sources sources, boolean everything, Instant now) {
        Map<String, Tried> all = new HashMap<>(tried);
        if (everything) {
            Set<String> named = new HashSet<>(missing.keySet());
            good.values().forEach(file -> file.forEach(d -> named.add(d.name())));
            all.keySet().retainAll(named);
        }
        documents.forEach(d -> all.put(d.name(), new Tried(d, sources.looksOf(d))));
        return new Memory(good, missing, all, everything ? Optional.of(now) : refreshed, kept);
    }

    /** Whether exactly this was last given to the machine, with its files as they are now. */
    boolean hasTried(ChainDocument document, Sources sources) {
        Tried last = tried.get(document.name());
        return last != null && last.document().equals(document) && last.looks().equals(sources.looksOf(document));
    }

    /**
     * What was given to the machine.
     *
     * @param looks how the files that the chain refers to looked
     */
    public record Tried(ChainDocument document, Map<Path, String> looks) {
        public Tried {
            Objects.requireNonNull(document);
            looks = Map.copyOf(looks);
        }
    }

    /**
     * A chain without a file.
     *
     * @param since when that was first seen, or last excused
     * @param last what the file said, where it was seen; the chain is kept so until it is deleted
     */
    public record Missing(Instant since, Optional<ChainDocument> last) {
        public Missing {
            Objects.requireNonNull(since);
            Objects.requireNonNull(last);
        }
    }
}
