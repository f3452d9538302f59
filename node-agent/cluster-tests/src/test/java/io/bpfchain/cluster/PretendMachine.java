package io.bpfchain.cluster;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.Unclaimed;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A machine without a kernel, which says that it runs whatever it is told to. A thousand of them fit into one process. */
final class PretendMachine implements Host, Upkeep {
    private static final AtomicInteger PROGRAMS = new AtomicInteger(1000);

    private final Map<String, ChainStatus> chains = new ConcurrentHashMap<>();

    @Override
    public ApplyOutcome apply(List<ChainDocument> documents, ApplyOptions options, Progress progress) {
        documents.forEach(d -> chains.put(d.name(), status(d, options.manager())));
        return new ApplyOutcome.Done(List.of(), List.of());
    }

    private static ChainStatus status(ChainDocument document, String manager) {
        List<ListedEntry> runs = document.spec().programs().stream()
                .<ListedEntry>map(p -> new ListedEntry.Ours(
                        document.name(), p.name(), "1", OptionalInt.of(PROGRAMS.incrementAndGet())))
                .toList();
        Instant now = Clock.systemUTC().instant();
        return new ChainStatus(
                document.name(),
                document.spec().attachType(),
                document.spec().cgroup().summary(),
                document.spec().priority(),
                1,
                now,
                now,
                manager,
                "Running",
                List.of(),
                List.of(),
                List.of(new ChainStatus.HookStatus("/svc", 1, true, runs)),
                List.of());
    }

    @Override
    public ApplyOutcome delete(List<String> names, DeleteOptions options, Progress progress) {
        names.forEach(chains::remove);
        return new ApplyOutcome.Done(List.of(), List.of());
    }

    @Override
    public List<ChainStatus> chains() {
        return List.copyOf(chains.values());
    }

    @Override
    public Optional<ChainStatus> chain(String name) {
        return Optional.ofNullable(chains.get(name));
    }

    @Override
    public List<Unclaimed> unclaimed() {
        return List.of();
    }

    @Override
    public List<Selection> selections() {
        return List.of();
    }

    @Override
    public ApplyOutcome extend(String chain, CgroupSpec selection, List<Cgroup> cgroups) {
        return new ApplyOutcome.Done(List.of(), List.of());
    }

    @Override
    public List<String> drifted() {
        return List.of();
    }

    @Override
    public List<String> altered() {
        return List.of();
    }

    @Override
    public ApplyOutcome plan(List<ChainDocument> documents, Progress progress) {
        throw notAsked();
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        throw notAsked();
    }

    @Override
    public List<Revision> history(String chain) {
        throw notAsked();
    }

    @Override
    public Optional<KeptRevision> revision(String chain, int number) {
        throw notAsked();
    }

    @Override
    public MapDump dump(String chain, String map) {
        throw notAsked();
    }

    @Override
    public TreeOutcome tree(Optional<String> below, Optional<Duration> stats, Progress progress) {
        throw notAsked();
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("an agent does not ask this");
    }
}
