package io.bpfchain.agent.run;

import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.ChainDocument;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the files that chains refer to (objects, lists of entries) look like now. What is behind a URL never changes: its digest is
 * part of the chain file.
 *
 * @param looks size, time and identity of each file as text, or why it cannot be looked at
 * @param unsettled files that changed so recently that somebody may still be writing them
 */
public record Sources(Map<Path, String> looks, Set<Path> unsettled) {
    /** Before anything was looked at. */
    public static final Sources NONE = new Sources(Map.of(), Set.of());

    public Sources {
        looks = Map.copyOf(looks);
        unsettled = Set.copyOf(unsettled);
    }

    /** The files that a chain refers to. */
    public static Set<Path> of(ChainDocument document) {
        Set<Path> files = new TreeSet<>();
        for (ObjectSpec object : document.spec().objects()) {
            if (object.source().file() != null) {
                files.add(document.directory().resolve(object.source().file().path()));
            }
            for (MapSpec map : object.maps()) {
                MapSpec.EntriesFrom from = map.entriesFrom();
                if (from != null && from.file() != null) {
                    files.add(document.directory().resolve(from.file().path()));
                }
            }
        }
        return files;
    }

    /** How the files of one chain look; files that nobody looked at are left out. */
    Map<Path, String> looksOf(ChainDocument document) {
        Map<Path, String> own = new HashMap<>(looks);
        own.keySet().retainAll(of(document));
        return own;
    }

    /** Whether some file of the chain may still be written. */
    boolean unsettledFor(ChainDocument document) {
        return of(document).stream().anyMatch(unsettled::contains);
    }
}
