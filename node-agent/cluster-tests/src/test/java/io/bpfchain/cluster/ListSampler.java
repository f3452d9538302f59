package io.bpfchain.cluster;

import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the egress list of a cgroup two thousand times a second and keeps every different one. Beside the packets, which find what is
 * shorter, it finds what happens while none pass.
 */
final class ListSampler implements AutoCloseable {
    private static final long PAUSE_NANOS = 500_000;

    private final CgroupKernel kernel;
    private final Hook hook;
    private final Thread thread;
    private final AtomicBoolean end = new AtomicBoolean();
    private final Map<EntryId, Program> programs = new HashMap<>();
    private final Set<List<Program>> lists = new LinkedHashSet<>();
    private long samples;

    /**
     * A program as its identity says.
     *
     * @param name in the chain; {@code ?} where it was let go before it was looked at
     * @param version differs when it does something else
     */
    record Program(String name, String version) {}

    ListSampler(TestCgroup cgroup, Path bpffsMount) {
        Bpffs bpffs = ((BpffsSearch.Result.Found) BpffsSearch.find(Optional.of(bpffsMount))).bpffs();
        kernel = new CgroupKernel(TestCgroup.mount(), bpffs);
        hook = new Hook(cgroup.cgroup(), AttachType.CGROUP_INET_EGRESS);
        thread = Thread.ofPlatform().name("samples a list").unstarted(this::sample);
    }

    void start() {
        thread.start();
    }

    private void sample() {
        while (!end.get()) {
            now();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The list as it is. */
    synchronized List<Program> now() {
        List<EntryId> ids = ids();
        List<Program> list = new ArrayList<>();
        ids.forEach(id -> list.add(programs.computeIfAbsent(id, this::look)));
        lists.add(List.copyOf(list));
        samples++;
        return list;
    }

    /** The ids in the list as it is. */
    synchronized List<EntryId> ids() {
        return ((Kernel.ReadBack.Seen) kernel.readBack(hook)).ids();
    }

    private Program look(EntryId id) {
        try {
            kernel.rescan();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Optional<Identity> identity = kernel.identity(id);
        return new Program(
                identity.map(Identity::program).orElse("?"),
                identity.map(i -> i.version().digest()).orElse("?"));
    }

    /** Forgets what was seen, but for the list as it is. */
    synchronized void forget() {
        lists.clear();
        samples = 0;
        now();
    }

    /** Every different list that was seen; fails where the thread that was started looked no longer. */
    synchronized Set<List<Program>> lists() {
        if (thread.getState() == Thread.State.TERMINATED) {
            throw new IllegalStateException("the list was not read to the end; the output says why");
        }
        return new LinkedHashSet<>(lists);
    }

    /** How often the list was read. */
    synchronized long samples() {
        return samples;
    }

    @Override
    public void close() {
        end.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kernel.close();
    }
}
