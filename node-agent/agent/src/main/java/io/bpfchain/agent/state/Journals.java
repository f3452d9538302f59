package io.bpfchain.agent.state;

import io.bpfchain.agent.json.JsonForm;
import io.bpfchain.agent.state.Journal.JournalHook;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The journals of all chains, one file each. Journals that belong to one change are first written together in one file, which counts
 * from then on, so that no crash can leave the journal of one chain new and that of its neighbour old.
 */
public final class Journals {
    private static final String SUFFIX = ".json";

    private static final String EXTENDING = "extending-";

    /** More than a machine has; each is a few hundred bytes. */
    private static final int MOST_CHAINS = 4096;

    private final Path root;
    private final Path directory;
    private final Path together;
    private final Path extending;
    private final ReadFiles<Journal> kept = new ReadFiles<>(MOST_CHAINS, Journals::parse);

    Journals(Path root, String bootId) {
        this.root = root;
        this.directory = root.resolve("journal");
        this.together = root.resolve("journal-together.json");
        this.extending = root.resolve(EXTENDING + bootId + SUFFIX);
    }

    /** Every journal, by chain name. */
    public SortedMap<String, Journal> all() {
        TreeMap<String, Journal> journals = new TreeMap<>();
        for (String name : DurableFiles.list(directory)) {
            kept.read(directory.resolve(name)).ifPresent(journal -> journals.put(journal.chain(), journal));
        }
        together().forEach(j -> journals.put(j.chain(), j));
        return journals;
    }

    private static Optional<Journal> parse(Path file) {
        Optional<Journal> journal = StateJson.read(file, JournalJson.JOURNAL);
        journal.filter(j -> !file.endsWith(j.chain() + SUFFIX)).ifPresent(j -> {
            throw StateException.corrupt(file, new IllegalArgumentException("it is about chain " + j.chain()));
        });
        return journal;
    }

    /**
     * Says that a chain is about to be attached to more hooks than its journal names, until {@link #extended}. If the process dies in
     * between, {@link #finish} puts them into the journal. There is no wait for the disk: a power failure takes the attachments too.
     */
    public void extending(String chain, List<JournalHook> more) {
        StateJson.writeUnforced(extending, Extension.JSON, new Extension(chain, more));
    }

    /** The journal names all of them now. */
    public void extended() {
        DurableFiles.deleteUnforced(extending);
    }

    public Optional<Journal> read(String chain) {
        for (Journal journal : together()) {
            if (journal.chain().equals(chain)) {
                return Optional.of(journal);
            }
        }
        return StateJson.read(file(chain), JournalJson.JOURNAL);
    }

    /** Makes all of them durable, or none; where it fails {@link #anyCounts} tells which. */
    public void write(Collection<Journal> journals) {
        if (journals.size() > 1) {
            StateJson.write(together, Together.JSON, new Together(new ArrayList<>(journals)));
        }
        DurableBatch files = new DurableBatch();
        journals.forEach(j -> files.add(file(j.chain()), JournalJson.JOURNAL.bytes(j)));
        try {
            files.write();
        } catch (StateException e) {
            if (journals.size() > 1 && journals.stream().noneMatch(this::stands)) {
                DurableFiles.delete(together); // so that none counts, as the caller is told
            }
            throw e;
        }
        journals.forEach(j -> kept.written(file(j.chain()), j));
        if (journals.size() > 1) {
            DurableFiles.delete(together);
        }
    }

    /** Whether exactly this is in its own file. */
    private boolean stands(Journal journal) {
        return StateJson.read(file(journal.chain()), JournalJson.JOURNAL).equals(Optional.of(journal));
    }

    /** Whether any of these counts: then its work is to be done, by the next command where not by this one. */
    public boolean anyCounts(Collection<Journal> journals) {
        return journals.stream().anyMatch(j -> read(j.chain()).equals(Optional.of(j)));
    }

    public void delete(String chain) {
        DurableFiles.delete(file(chain));
        kept.forget(file(chain));
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
        StateJson.read(extending, Extension.JSON)
                .ifPresent(e -> read(e.chain()).ifPresent(journal -> finish(journal, e.hooks())));
        for (String name : DurableFiles.list(root)) {
            if (name.startsWith(EXTENDING)) {
                DurableFiles.deleteUnforced(root.resolve(name));
            }
        }
    }

    /** The extension may have been made in part, so its work is to be done again. */
    private void finish(Journal journal, List<JournalHook> more) {
        List<JournalHook> hooks = Stream.concat(journal.hooks().stream(), more.stream())
                .distinct()
                .toList();
        if (!hooks.equals(journal.hooks())) {
            write(List.of(journal.at(hooks, journal.leaving())));
        }
    }

    private List<Journal> together() {
        return StateJson.read(together, Together.JSON).map(Together::journals).orElse(List.of());
    }

    private Path file(String chain) {
        return directory.resolve(chain + SUFFIX);
    }

    /** A chain, and hooks that it is being attached to. */
    private record Extension(String chain, List<JournalHook> hooks) {
        static final JsonForm<Extension> JSON = new JsonForm<>(
                (extension, out) -> {
                    out.writeStringField("chain", extension.chain());
                    JournalJson.HOOK.writeAll("hooks", extension.hooks(), out);
                },
                in -> new Extension(in.text("chain"), in.objects("hooks", JournalJson.HOOK)));

        private Extension {
            hooks = List.copyOf(hooks);
        }
    }

    /** Journals of one change. */
    private record Together(List<Journal> journals) {
        static final JsonForm<Together> JSON = new JsonForm<>(
                (together, out) -> JournalJson.JOURNAL.writeAll("journals", together.journals(), out),
                in -> new Together(in.objects("journals", JournalJson.JOURNAL)));

        private Together {
            journals = List.copyOf(journals);
        }
    }
}
