package io.bpfchain.agent.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.function.Predicate;

/** Where the user has no inotify watches left; the real limit is one of the whole machine. */
public final class NoWatch {
    private NoWatch() {}

    /** A watch that gets none for some directories. */
    public static CgroupWatch of(MountedCgroups cgroups, WatchService service, Predicate<Path> none) {
        return new CgroupWatch(cgroups, directory -> {
            if (none.test(directory)) {
                throw new IOException("User limit of inotify watches reached"); // the JDK's words
            }
            return directory.register(
                    service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        });
    }
}
