package io.bpfchain.kernel.map;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.MapAccess;
import io.bpfchain.kernel.MapAccess.Element;
import io.bpfchain.kernel.map.ContentsPlan.Change;
import java.util.ArrayList;
import java.util.List;

/** Brings one live map to its declared contents. Writers take turns by the caller's lock; programs may use the map meanwhile. */
public final class MapContents {
    private final MapAccess map;

    public MapContents(MapAccess map) {
        this.map = map;
    }

    /** Every element of the map. */
    public List<Element> read() throws BpfException {
        List<Element> elements = new ArrayList<>();
        map.forEach((key, value) -> elements.add(new Element(key, value)));
        return elements;
    }

    /** What has to be changed now. */
    public ContentsPlan plan(EncodedEntries wanted, boolean keysOnly) throws BpfException {
        return ContentsPlan.decide(wanted, read(), keysOnly, map.valueBytes());
    }

    /**
     * Makes the changes in their order. When this fails, those before the failing one are made; planning again leads on from there.
     */
    public void apply(ContentsPlan plan) throws BpfException {
        List<Element> run = new ArrayList<>();
        for (Change change : plan.changes()) {
            switch (change) {
                case Change.Put put when put.old().length == 0 -> run.add(new Element(put.key(), put.value()));
                case Change.Put put -> {
                    write(run);
                    overwrite(put);
                }
                case Change.Delete delete -> {
                    write(run);
                    map.delete(delete.key());
                }
            }
        }
        write(run);
    }

    private void write(List<Element> run) throws BpfException {
        if (!run.isEmpty()) {
            map.updateAll(run);
            run.clear();
        }
    }

    /**
     * A full LPM trie refuses to overwrite (before 6.13, {@code kernel/bpf/lpm_trie.c}). There the entry is removed and written again;
     * for that moment it is missing, which the plan's notes have said.
     */
    private void overwrite(Change.Put put) throws BpfException {
        try {
            map.update(put.key(), put.value(), 0);
        } catch (BpfException e) {
            if (e.errno() != Errno.ENOSPC) {
                throw e;
            }
            map.delete(put.key());
            rewrite(put);
        }
    }

    private void rewrite(Change.Put put) throws BpfException {
        try {
            map.update(put.key(), put.value(), 0);
        } catch (BpfException e) {
            try {
                map.update(put.key(), put.old(), 0);
            } catch (BpfException lost) {
                e.addSuppressed(lost);
            }
            throw e;
        }
    }

    /** Reads the map back; empty when it holds what is declared, otherwise what still differs, as changes. */
    public List<Change> verify(EncodedEntries wanted, boolean keysOnly) throws BpfException {
        return plan(wanted, keysOnly).changes();
    }
}
