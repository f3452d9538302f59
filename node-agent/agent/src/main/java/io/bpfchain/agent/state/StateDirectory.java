package io.bpfchain.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The state directory of one machine. Writing needs the machine's writer lock; reading does not. */
public final class StateDirectory {
    private final Path root;
    private final String bootId;
    private final BlobStore objects;
    private final BlobStore entries;
    private final ChainStore chains;
    private final Journals journals;

    private StateDirectory(
            Path root, String bootId, BlobStore objects, BlobStore entries, ChainStore chains, Journals journals) {
        this.root = root;
        this.bootId = bootId;
        this.objects = objects;
        this.entries = entries;
        this.chains = chains;
        this.journals = journals;
    }

    /** Opens the directory; it is made with the first write. */
    public static StateDirectory open(Path root) {
        return open(root, currentBootId());
    }

    /** The same in a boot of the given id. */
    public static StateDirectory open(Path root, String bootId) {
        return new StateDirectory(
                root,
                bootId,
                new BlobStore(root.resolve("objects")),
                new BlobStore(root.resolve("entries")),
                new ChainStore(root.resolve("chains")),
                new Journals(root, bootId));
    }

    /** The same state with new blobs going elsewhere, so that a command that only reads leaves nothing behind. */
    public StateDirectory over(Path scratch) {
        return new StateDirectory(
                root,
                bootId,
                objects.over(scratch.resolve("objects")),
                entries.over(scratch.resolve("entries")),
                chains,
                journals);
    }

    /** The journals of what this boot was told to run, by chain name, those that are being retired included. */
    public List<Journal> journalsOfThisBoot() {
        return journals.all().values().stream()
                .filter(j -> j.bootId().equals(bootId))
                .toList();
    }

    /** The random id of this boot ({@code /proc/sys/kernel/random/boot_id}). */
    public static String currentBootId() {
        Path file = Path.of("/proc/sys/kernel/random/boot_id");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw StateException.io("read", file, e);
        }
    }

    public String bootId() {
        return bootId;
    }

    /** Objects by digest. */
    public BlobStore objects() {
        return objects;
    }

    /** Files of {@code entriesFrom} by digest. */
    public BlobStore entries() {
        return entries;
    }

    public ChainStore chains() {
        return chains;
    }

    public Journals journals() {
        return journals;
    }

    /** Where what was fetched from URLs is kept, by digest. */
    public static Path downloads(Path root) {
        return root.resolve("downloads");
    }

    /** Where full verifier logs go. */
    public Path logs() {
        Path logs = root.resolve("logs");
        DurableFiles.createDirectories(logs);
        return logs;
    }

    /**
     * Removes what nothing needs any more: old revisions, revisions of changes that never began, and blobs and downloads that neither a
     * revision nor a journal nor a live instance names. Only for the holder of the writer lock.
     *
     * @param live digests of the objects of instances that are pinned
     * @param abandoned nobody writes any more to an unfinished download that was last written before
     */
    public void collectGarbage(Set<String> live, Instant abandoned) {
        Set<String> neededObjects = new HashSet<>(live);
        Set<String> neededEntries = new HashSet<>();
        Map<String, Journal> all = journals.all();
        for (Journal journal : all.values()) {
            journal.objects().forEach(o -> neededObjects.add(o.digest()));
        }
        for (String chain : chains.names()) {
            Journal journal = all.get(chain);
            int settled =
                    chains.current(chain).map(ChainStore.Current::revision).orElse(0);
            chains.prune(chain, journal == null ? settled : Math.max(settled, journal.revision()));
            for (int number : chains.numbers(chain)) {
                for (StoredRevision.StoredObject object : chains.objects(chain, number)) {
                    neededObjects.add(object.digest());
                    neededEntries.addAll(object.entries().values());
                }
            }
        }
        objects.retain(neededObjects);
        retainDownloads(neededObjects, abandoned);
        entries.retain(neededEntries);
    }

    /** Those that are not finished belong to somebody who is fetching, without the writer lock where he only plans, or who was killed. */
    private void retainDownloads(Set<String> needed, Instant abandoned) {
        Path downloads = downloads(root);
        for (String name : DurableFiles.list(downloads)) {
            Path file = downloads.resolve(name);
            boolean needless = name.startsWith(".")
                    ? DurableFiles.writtenBefore(file, abandoned)
                    : !needed.contains(name.replace('-', ':'));
            if (needless) {
                DurableFiles.deleteUnforced(file);
            }
        }
    }
}
