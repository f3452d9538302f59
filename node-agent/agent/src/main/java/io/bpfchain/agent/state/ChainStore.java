package io.bpfchain.agent.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The revisions of chains, and which of them is the current one. */
public final class ChainStore {
    /** So many revisions of a chain are kept, the current one included. */
    public static final int HISTORY_LIMIT = 10;

    private static final String SUFFIX = ".json";

    /** More than the chains of a machine and what is looked at of their history; each is one or two kilobytes. */
    private static final int MOST_REVISIONS = 256;

    private static final int MOST_CHAINS = 4096;

    private final Path directory;
    private final ReadFiles<StoredRevision> stored =
            new ReadFiles<>(MOST_REVISIONS, file -> StateJson.read(file, RevisionJson.REVISION));
    private final ReadFiles<Current> currents = new ReadFiles<>(MOST_CHAINS, ChainStore::parse);

    ChainStore(Path directory) {
        this.directory = directory;
    }

    /** Names of every chain that was ever applied here, sorted. */
    public List<String> names() {
        return DurableFiles.list(directory);
    }

    /**
     * The identities of chains on this machine, by name: random, made when they are first asked for, kept once a revision was begun.
     */
    public Map<String, String> uids(Collection<String> chains) {
        Map<String, String> uids = new HashMap<>();
        DurableBatch made = new DurableBatch();
        for (String chain : chains) {
            Path file = directory.resolve(chain).resolve("uid");
            uids.put(chain, text(file).orElseGet(() -> {
                String uid = UUID.randomUUID().toString();
                made.add(file, uid.getBytes(StandardCharsets.UTF_8));
                return uid;
            }));
        }
        made.write();
        return uids;
    }

    /** Whether this is the identity of the chain on this machine. */
    public boolean knows(String chain, String uid) {
        return text(directory.resolve(chain).resolve("uid")).equals(Optional.of(uid));
    }

    /**
     * What was last brought to an end; empty where nothing ever was. Whether the chain runs is what its journal says: a deleted chain
     * has a current revision and no journal.
     */
    public Optional<Current> current(String chain) {
        return currents.read(currentFile(chain));
    }

    private static Optional<Current> parse(Path file) {
        return text(file).map(text -> {
            String[] numbers = text.split(" ", -1);
            if (numbers.length != 2) {
                throw StateException.corrupt(file, new IOException("two numbers are expected"));
            }
            try {
                return new Current(Integer.parseInt(numbers[0]), Long.parseLong(numbers[1]));
            } catch (NumberFormatException e) {
                throw StateException.corrupt(file, e);
            }
        });
    }

    /** The work of these journals is done. */
    public void settle(Collection<Journal> journals) {
        DurableBatch files = new DurableBatch();
        for (Journal journal : journals) {
            Current done = new Current(journal.revision(), journal.sequence());
            if (!current(journal.chain()).equals(Optional.of(done))) {
                files.add(
                        currentFile(journal.chain()),
                        (done.revision() + " " + done.sequence()).getBytes(StandardCharsets.UTF_8));
            }
        }
        files.write();
        journals.forEach(j -> currents.forget(currentFile(j.chain())));
    }

    /** Whether the work of this journal is done. */
    public boolean settled(Journal journal) {
        return !journal.retired()
                && current(journal.chain()).equals(Optional.of(new Current(journal.revision(), journal.sequence())));
    }

    /**
     * The last work that was done.
     *
     * @param sequence of its journal
     */
    public record Current(int revision, long sequence) {}

    /** The numbers that are kept, ascending. */
    public List<Integer> numbers(String chain) {
        List<Integer> numbers = new ArrayList<>();
        Path revisions = revisions(chain);
        for (String name : DurableFiles.list(revisions)) {
            try {
                numbers.add(Integer.valueOf(name.substring(0, Math.max(0, name.length() - SUFFIX.length()))));
            } catch (NumberFormatException e) {
                throw StateException.corrupt(revisions.resolve(name), e);
            }
        }
        numbers.sort(Comparator.naturalOrder());
        return numbers;
    }

    public Optional<StoredRevision> revision(String chain, int number) {
        Path file = file(chain, number);
        Optional<StoredRevision> revision = stored.read(file);
        if (revision.isPresent()
                && (revision.get().number() != number || !revision.get().chain().equals(chain))) {
            throw StateException.corrupt(file, new IOException("it is about another revision"));
        }
        return revision;
    }

    /** What a revision needs of blobs; it is there, as {@link #numbers} says. */
    List<StoredRevision.StoredObject> objects(String chain, int number) {
        return StateJson.read(file(chain, number), RevisionJson.OBJECTS).orElseThrow(() -> gone(chain, number));
    }

    /** A revision that {@code current} or a journal names. */
    public StoredRevision require(String chain, int number) {
        return revision(chain, number).orElseThrow(() -> gone(chain, number));
    }

    private StateException gone(String chain, int number) {
        return StateException.corrupt(file(chain, number), new IOException("the chain names it and it is gone"));
    }

    /** Stores revisions; their numbers must be new. */
    public void add(Collection<StoredRevision> added) {
        DurableBatch files = new DurableBatch();
        added.forEach(r -> files.add(file(r.chain(), r.number()), RevisionJson.REVISION.bytes(r)));
        files.write();
        added.forEach(r -> stored.forget(file(r.chain(), r.number())));
    }

    /**
     * Removes revisions beyond the history limit, and those newer than {@code newest}: they were written by a change that never began.
     *
     * @param newest the current revision or the one that the journal names, whichever is higher
     */
    void prune(String chain, int newest) {
        DurableFiles.removeUnfinished(directory.resolve(chain));
        DurableFiles.removeUnfinished(revisions(chain));
        List<Integer> numbers = numbers(chain);
        List<Integer> begun = numbers.stream().filter(n -> n <= newest).toList();
        List<Integer> kept = begun.subList(Math.max(0, begun.size() - HISTORY_LIMIT), begun.size());
        for (int number : numbers) {
            if (!kept.contains(number)) {
                DurableFiles.deleteUnforced(file(chain, number));
            }
        }
        if (newest <= 0) { // nothing of the chain was ever begun
            DurableFiles.delete(directory.resolve(chain).resolve("uid"));
        }
    }

    private static Optional<String> text(Path file) {
        return DurableFiles.read(file)
                .map(b -> new String(b, StandardCharsets.UTF_8).strip())
                .map(t -> {
                    if (t.isEmpty()) {
                        throw StateException.corrupt(file, new IOException("it is empty"));
                    }
                    return t;
                });
    }

    private Path currentFile(String chain) {
        return directory.resolve(chain).resolve("current");
    }

    private Path revisions(String chain) {
        return directory.resolve(chain).resolve("revisions");
    }

    private Path file(String chain, int number) {
        return revisions(chain).resolve(number + SUFFIX);
    }
}
