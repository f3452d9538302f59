package io.bpfchain.agent.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The journals of all chains, one file each. Journals that belong to one change are first written together in one file, which counts
 * from then on, so that no crash can leave the journal of one chain new and that of its neighbour old.
 */
public final class Journals {
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Path together;
    private final StateJson json;

    Journals(Path root, StateJson json) {
        this.directory = root.resolve("journal");
        this.together = root.resolve("journal-together.json");
        this.json = json;
    }

    /** Every journal, by chain name. */
    public SortedMap<String, Journal> all() {
        TreeMap<String, Journal> journals = new TreeMap<>();
        for (String name : DurableFiles.list(directory)) {
            Path file = directory.resolve(name);
            Journal journal = json.read(file, Journal.class).orElse(null);
            if (journal != null) {
                if (!name.equals(journal.chain() + SUFFIX)) {
                    throw StateException.corrupt(
                            file, new IllegalArgumentException("it is about chain " + journal.chain()));
                }
                journals.put(journal.chain(), journal);
            }
        }
        together().forEach(j -> journals.put(j.chain(), j));
        return journals;
    }

    public Optional<Journal> read(String chain) {
        for (Journal journal : together()) {
            if (journal.chain().equals(chain)) {
                return Optional.of(journal);
            }
        }
        return json.read(file(chain), Journal.class);
    }

    /** Makes all of them durable, or none. */
    public void write(Collection<Journal> journals) {
        if (journals.size() > 1) {
            json.write(together, new Together(new ArrayList<>(journals)));
        }
        for (Journal journal : journals) {
            json.write(file(journal.chain()), journal);
        }
        if (journals.size() > 1) {
            DurableFiles.delete(together);
        }
    }

    public void delete(String chain) {
        DurableFiles.delete(file(chain));
    }

    /** Finishes a {@link #write} that was cut off. Only for the holder of the writer lock. */
    public void finish() {
        DurableFiles.removeUnfinished(directory);
        List<Journal> journals = together();
        if (!journals.isEmpty()) {
            write(journals.stream()
                    .collect(Collectors.toMap(Journal::chain, Function.identity()))
                    .values());
            DurableFiles.delete(together);
        }
    }

    private List<Journal> together() {
        return json.read(together, Together.class).map(Together::journals).orElse(List.of());
    }

    private Path file(String chain) {
        return directory.resolve(chain + SUFFIX);
    }

    /** Journals of one change. */
    private record Together(List<Journal> journals) {
        private Together {
            journals = List.copyOf(journals);
        }
    }
}
