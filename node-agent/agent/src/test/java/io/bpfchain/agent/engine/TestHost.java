package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.prepare.ObjectLoader;
import io.bpfchain.agent.source.Sources;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.LoadOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.ObjectHelper;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A {@link LocalHost} on the real kernel with a bpffs, a cgroup and a state directory of the test's own. */
public final class TestHost implements AutoCloseable {
    public static final Host.Progress SILENT = (phase, done, total) -> {};

    /** Whoever keeps the chains. */
    public static final Host.DeleteOptions ANYHOW = new Host.DeleteOptions("delete", true);

    private final TestBpffs bpffs = TestBpffs.mount();
    private final TestCgroup cgroup = TestCgroup.create();
    private final Path state;
    private final AtomicInteger helperRuns = new AtomicInteger();

    public TestHost(Path state) {
        this.state = state;
    }

    public TestCgroup cgroup() {
        return cgroup;
    }

    public Path bpffs() {
        return bpffs.directory();
    }

    public Path state() {
        return state;
    }

    /** As if the disk with the state directory had been exchanged. */
    public void loseState() throws IOException {
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(state)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** How often the helper process was started. */
    public int helperRuns() {
        return helperRuns.get();
    }

    public LocalHost host() {
        return host(Checkpoint.NONE);
    }

    public LocalHost host(Checkpoint checkpoint) {
        return new LocalHost(configuration(checkpoint));
    }

    public HostConfiguration configuration(Checkpoint checkpoint) {
        return configuration(state, bpffs.directory(), counting(ObjectLoader.of(new ObjectHelper())), checkpoint);
    }

    /** The same for another process. */
    public static HostConfiguration configuration(Path state, Path bpffs, ObjectLoader loader, Checkpoint checkpoint) {
        return new HostConfiguration(
                state,
                found(bpffs),
                new MountedCgroups(TestCgroup.mount()),
                new TestSources(),
                loader,
                KernelFeatures::capabilities,
                Duration.ofSeconds(10),
                Clock.systemUTC(),
                checkpoint);
    }

    private static Bpffs found(Path directory) {
        return ((BpffsSearch.Result.Found) BpffsSearch.find(Optional.of(directory))).bpffs();
    }

    private ObjectLoader counting(ObjectLoader loader) {
        return new ObjectLoader() {
            @Override
            public InspectOutcome inspect(Path object) {
                helperRuns.incrementAndGet();
                return loader.inspect(object);
            }

            @Override
            public LoadOutcome load(LoadRequest request) {
                helperRuns.incrementAndGet();
                return loader.load(request);
            }
        };
    }

    /** Applies YAML that must go through. */
    public ApplyOutcome.Done apply(String yaml) {
        ApplyOutcome outcome = tryApply(yaml);
        assertThat(outcome).isInstanceOf(ApplyOutcome.Done.class);
        return (ApplyOutcome.Done) outcome;
    }

    public ApplyOutcome tryApply(String yaml) {
        return host().apply(documents(yaml), new Host.ApplyOptions(false, "apply"), SILENT);
    }

    /** What applying YAML would do. */
    public ApplyOutcome plan(String yaml) {
        return host().plan(documents(yaml), SILENT);
    }

    /** The part of the tree that begins at the test's own cgroup. */
    public Tree tree(Optional<Duration> stats) {
        TreeOutcome outcome = host().tree(Optional.of(cgroup.cgroup().path()), stats, SILENT);
        assertThat(outcome).isInstanceOf(TreeOutcome.Shown.class);
        return ((TreeOutcome.Shown) outcome).tree();
    }

    public static List<ChainDocument> documents(String yaml) {
        ReadOutcome read = new ChainFiles().parse("chain.yaml", yaml, Path.of("/"));
        assertThat(read).isInstanceOf(ReadOutcome.Read.class);
        return ((ReadOutcome.Read) read).documents();
    }

    /** The ids that the hook of the test's own cgroup lists. */
    public List<EntryId> list(AttachType type) {
        return list(cgroup.cgroup(), type);
    }

    public List<EntryId> list(Cgroup at, AttachType type) {
        try (CgroupKernel kernel = new CgroupKernel(TestCgroup.mount(), found(bpffs.directory()))) {
            return ((Kernel.ReadBack.Seen) kernel.readBack(new Hook(at, type))).ids();
        }
    }

    /** Names of the instances that are pinned. */
    public List<String> instances() {
        Path root = bpffs.directory().resolve("bpfchain");
        try (var files = Files.list(root)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> !n.equals("by-chain"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        bpffs.close();
        cgroup.close();
    }

    /** Files as they are. */
    private static final class TestSources implements Sources {
        @Override
        public Fetched fetch(io.bpfchain.crds.SourceSpec source, Path directory) {
            Path file = directory.resolve(
                    java.util.Objects.requireNonNull(source.file()).path());
            try {
                return new Fetched.Bytes(file, Digests.of(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
