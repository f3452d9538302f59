package io.bpfchain.agent.run;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The watch on the folder, and on the files elsewhere that its chains refer to. A directory that is removed and made again, or
 * exchanged by a rename, gets a new watch.
 */
final class FolderWatch {
    private final Path directory;
    private final WatchService service;
    private final Map<Path, WatchKey> watches = new HashMap<>();
    private Set<Path> files = Set.of();

    FolderWatch(Path directory, WatchService service) {
        this.directory = directory;
        this.service = service;
    }

    Path directory() {
        return directory;
    }

    /** Watches the directories that are there now. The service gives the same key for the same directory. */
    void ensure(Set<Path> referenced) {
        files = Set.copyOf(referenced);
        Set<Path> wanted = new HashSet<>(Set.of(directory));
        files.forEach(f -> wanted.add(Objects.requireNonNullElse(f.getParent(), directory)));
        for (Path gone : List.copyOf(watches.keySet())) {
            if (!wanted.contains(gone)) {
                cancel(gone);
            }
        }
        wanted.forEach(this::ensure);
    }

    private void ensure(Path watched) {
        try {
            WatchKey now = watched.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
            if (!now.equals(watches.get(watched))) {
                cancel(watched);
                watches.put(watched, now);
            }
        } catch (IOException e) {
            cancel(watched); // there is no such directory, which looking at it reports
        }
    }

    /** Two names may lead to one directory, and to one key. */
    private void cancel(Path watched) {
        WatchKey old = watches.remove(watched);
        if (old != null && !watches.containsValue(old)) {
            old.cancel();
        }
    }

    /** Takes what a key has to tell; true when it is about the folder or about a file that a chain refers to. */
    boolean changed(WatchKey key) {
        boolean changed = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            for (Map.Entry<Path, WatchKey> watch : watches.entrySet()) {
                changed |= watch.getValue().equals(key) && isAbout(watch.getKey(), event);
            }
        }
        key.reset();
        return changed;
    }

    private boolean isAbout(Path watched, WatchEvent<?> event) {
        return watched.equals(directory)
                || !(event.context() instanceof Path name)
                || files.contains(watched.resolve(name));
    }
}
