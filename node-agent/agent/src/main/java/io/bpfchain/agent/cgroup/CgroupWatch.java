package io.bpfchain.agent.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells when cgroups that match paths or patterns may have come. Only directories in which a match can appear are watched: those that
 * match the first segments of a pattern.
 *
 * <p>inotify on cgroup2 reports children to the watch on their parent only, so every level has watches of its own, and a directory is
 * listed again after its watch was added. The watch of a removed cgroup says nothing and stays; it is cancelled when the parent
 * reports the removal, or at the next {@link #rescan}. What cannot be watched, for example because the user has no more inotify watches,
 * keeps nothing else from being watched: {@link #trouble} tells of it, and {@link #rescan} covers it meanwhile. Not safe for several threads.
 */
public final class CgroupWatch implements AutoCloseable {
    private final MountedCgroups cgroups;
    private final Registrar registrar;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private final Map<WatchKey, Path> directories = new HashMap<>();
    private Set<CgroupPattern> patterns = Set.of();

    /** Directories, and patterns whose directories could not be found, with what came back. */
    private final Map<String, IOException> unwatched = new TreeMap<>();

    /** Begins to watch a directory, or says of which watch it is already. */
    interface Registrar {
        WatchKey register(Path directory) throws IOException;
    }

    /**
     * Watches nothing yet.
     *
     * @param service the keys of this watch arrive there; it is the caller's
     */
    public CgroupWatch(MountedCgroups cgroups, WatchService service) {
        this(
                cgroups,
                directory -> directory.register(
                        service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE));
    }

    CgroupWatch(MountedCgroups cgroups, Registrar registrar) {
        this.cgroups = cgroups;
        this.registrar = registrar;
    }

    /** Replaces what is watched for. Texts that are no cgroup path are left out: no cgroup matches them. */
    public void watch(Set<String> pathsAndPatterns) {
        Set<CgroupPattern> wanted = new LinkedHashSet<>();
        for (String text : pathsAndPatterns) {
            if (CgroupPattern.parse(text) instanceof CgroupPattern.Parsed.Pattern parsed) {
                wanted.add(parsed.pattern());
            }
        }
        if (!wanted.equals(patterns)) {
            patterns = wanted;
            rescan();
        }
    }

    /** Whether a key that the service returned is one of these. */
    public boolean owns(WatchKey key) {
        return directories.containsKey(key);
    }

    /**
     * Takes what a key has to tell.
     *
     * @return the texts given to {@link #watch} for which a cgroup may have come
     */
    public Set<String> changed(WatchKey key) {
        Path directory = directories.get(key);
        Set<String> changed = new HashSet<>();
        boolean levels = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            if (directory == null) {
                continue;
            }
            if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)) {
                key.reset();
                return rescan();
            }
            Path child = directory.resolve((Path) event.context());
            boolean came = event.kind().equals(StandardWatchEventKinds.ENTRY_CREATE);
            levels |= forget(child);
            for (CgroupPattern pattern : patterns) {
                int depth = depthOf(pattern, child);
                levels |= came && depth > 0 && depth < pattern.segments().size();
                if (came && depth == pattern.segments().size()) {
                    changed.add(pattern.text());
                }
            }
        }
        key.reset();
        if (levels) {
            changed.addAll(cover());
        }
        return changed;
    }

    /**
     * Looks at everything again: after an overflow, and from time to time. Repairs watches of directories that were removed and made
     * again unnoticed.
     *
     * @return every text that is watched for
     */
    public Set<String> rescan() {
        for (Path directory : List.copyOf(keys.keySet())) {
            WatchKey old = keys.get(directory);
            if (!Files.isDirectory(directory) || (old != null && !isWatchOf(directory, old))) {
                forget(directory);
            }
        }
        cover();
        Set<String> all = new HashSet<>();
        patterns.forEach(p -> all.add(p.text()));
        return all;
    }

    private boolean isWatchOf(Path directory, WatchKey key) {
        try {
            return registrar.register(directory).equals(key);
        } catch (IOException e) {
            return false; // to be watched anew, where that can be done
        }
    }

    /** What cannot be watched now, a whole sentence with the remedy; empty where everything is. */
    public Optional<String> trouble() {
        return unwatched.entrySet().stream()
                .findFirst()
                .map(first -> "watch cgroups for new ones: "
                        + (unwatched.size() == 1 ? "" : unwatched.size() + " cannot be watched, the first of them ")
                        + first.getKey() + ": " + first.getValue().getMessage()
                        + "; new cgroups there are found late, when everything is looked at again. If no inotify watches are"
                        + " left, raise the sysctl fs.inotify.max_user_watches.");
    }

    /** How many directories are watched. */
    public int size() {
        return keys.size();
    }

    /**
     * Adds the watches that are missing and cancels those that no pattern needs; says for which patterns a cgroup may be there that
     * nothing told of.
     */
    private Set<String> cover() {
        unwatched.clear();
        Set<String> gained = new HashSet<>();
        Set<Path> needed = new HashSet<>();
        boolean allFound = true;
        for (CgroupPattern pattern : patterns) {
            for (int depth = 0; depth < pattern.segments().size(); depth++) {
                try {
                    for (Path directory :
                            cgroups.matching(pattern, depth)) { // lists the level above after its watches were added
                        needed.add(directory);
                        if (!keys.containsKey(directory) && add(directory)) {
                            gained.add(pattern.text());
                        }
                    }
                } catch (IOException e) {
                    allFound = false;
                    unwatched.put(pattern.text(), e);
                    gained.add(pattern.text());
                }
            }
        }
        for (Path directory : List.copyOf(keys.keySet())) {
            if (allFound && !needed.contains(directory)) {
                forget(directory);
            }
        }
        return gained;
    }

    /** Whether the directory is there; what is in it already was told by nobody. */
    private boolean add(Path directory) {
        try {
            WatchKey key = registrar.register(directory);
            keys.put(directory, key);
            directories.put(key, directory);
            return true;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false; // removed meanwhile; its parent's watch tells when it comes again
        } catch (IOException e) {
            unwatched.put(directory.toString(), e);
            return true;
        }
    }

    /** Cancels the watches of a directory and of everything below it. */
    private boolean forget(Path directory) {
        boolean any = false;
        for (Path watched : List.copyOf(keys.keySet())) {
            if (watched.startsWith(directory)) {
                WatchKey key = keys.remove(watched);
                if (key != null) {
                    directories.remove(key);
                    key.cancel();
                    any = true;
                }
            }
        }
        return any;
    }

    /** How many segments of the pattern a directory matches, all of its own; 0 where it does not. */
    private int depthOf(CgroupPattern pattern, Path directory) {
        Path relative = cgroups.root().relativize(directory);
        if (relative.getNameCount() > pattern.segments().size()) {
            return 0;
        }
        for (int i = 0; i < relative.getNameCount(); i++) {
            if (!pattern.matches(i, relative.getName(i).toString())) {
                return 0;
            }
        }
        return relative.getNameCount();
    }

    @Override
    public void close() {
        keys.values().forEach(WatchKey::cancel);
        keys.clear();
        directories.clear();
    }
}
