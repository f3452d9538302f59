package io.bpfchain.agent.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Files that become durable together: each is whole or not there, and all are there when {@link #write} returns. Before that some may be
 * and others not. The disk is waited for once for all contents and once for all names, and not for one file after the other: what waits
 * at the same time goes into one commit of the file system's journal.
 * Where contents cannot be written, none gets its name, and nothing is left of them.
 */
final class DurableBatch {
    private static final int MOST_WAITING = 16;

    private final Map<Path, byte[]> files = new LinkedHashMap<>();

    /** One more file, to be written or replaced. */
    void add(Path file, byte[] bytes) {
        files.put(file, bytes);
    }

    /** Writes all of them. */
    void write() {
        Set<Path> directories = new LinkedHashSet<>();
        files.keySet().forEach(f -> directories.addAll(DurableFiles.makeDirectories(DurableFiles.parent(f))));
        Map<Path, Path> unfinished = new LinkedHashMap<>();
        files.keySet().forEach(f -> unfinished.put(f, DurableFiles.unfinished(f, unfinished.size())));
        try {
            unfinished.forEach((file, to) -> writeUnfinished(file, to, Objects.requireNonNull(files.get(file))));
            force(unfinished.values(), StandardOpenOption.WRITE);
        } catch (StateException e) {
            unfinished.values().forEach(f -> remove(f, e));
            throw e;
        }
        unfinished.forEach((file, from) -> {
            move(from, file);
            directories.add(DurableFiles.parent(file));
        });
        force(directories, StandardOpenOption.READ);
    }

    private static void writeUnfinished(Path file, Path unfinished, byte[] bytes) {
        try {
            Files.write(unfinished, bytes);
        } catch (IOException e) {
            throw StateException.io("write", file, e);
        }
    }

    /** What cannot be removed either, the next command removes. */
    static void remove(Path unfinished, StateException why) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private static void move(Path unfinished, Path file) {
        try {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw StateException.io("write", file, e);
        }
    }

    /**
     * Waits for the disk, for all at the same time; one needs no other thread. The threads have no numbers: to count, the JDK's own
     * factory makes six classes at run time.
     */
    private static void force(Collection<Path> paths, StandardOpenOption how) {
        if (paths.size() <= 1) {
            paths.forEach(p -> force(p, how));
            return;
        }
        List<Future<?>> waiting = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(paths.size(), MOST_WAITING),
                work -> Thread.ofPlatform().daemon().name("disk").unstarted(work))) {
            paths.forEach(p -> waiting.add(threads.submit(() -> force(p, how))));
        }
        waiting.forEach(DurableBatch::ended);
    }

    private static void force(Path path, StandardOpenOption how) {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        } catch (IOException e) {
            throw StateException.io("write", path, e);
        }
    }

    private static void ended(Future<?> force) {
        try {
            force.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the threads have ended", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StateException failed) {
                throw failed;
            }
            throw new IllegalStateException("waiting for the disk", e.getCause());
        }
    }
}
