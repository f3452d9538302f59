package io.bpfchain.agent.run;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** The watch on the folder. A folder that is removed and made again, or exchanged by a rename, gets a new one. */
final class FolderWatch {
    private final Path directory;
    private final WatchService service;
    private @Nullable WatchKey watch;

    FolderWatch(Path directory, WatchService service) {
        this.directory = directory;
        this.service = service;
    }

    Path directory() {
        return directory;
    }

    /** Watches the directory that is there now. The service gives the same key for the same directory. */
    void ensure() {
        try {
            WatchKey now = directory.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
            if (watch != null && !watch.equals(now)) {
                watch.cancel();
            }
            watch = now;
        } catch (IOException e) {
            watch = null; // there is no such directory, which looking at it reports
        }
    }

    /** Takes what a key has to tell; true when it is about the folder. */
    boolean changed(WatchKey key) {
        key.pollEvents();
        key.reset();
        return key.equals(watch);
    }
}
