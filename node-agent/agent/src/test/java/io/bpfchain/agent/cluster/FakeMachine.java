package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.Unclaimed;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/** A machine without a kernel: it runs what it is given at the cgroups that are selected, and says what it is told to say instead. */
final class FakeMachine implements Host, Upkeep {
    private final Map<String, ChainStatus> chains = new ConcurrentSkipListMap<>();
    private final Map<String, CgroupSpec> selections = new ConcurrentHashMap<>();
    private final List<List<String>> applied = new ArrayList<>();
    private Function<List<String>, Optional<ApplyOutcome>> instead = names -> Optional.empty();
    private Cgroups cgroups;

    FakeMachine(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** Other cgroups than before. */
    synchronized void on(Cgroups other) {
        cgroups = other;
    }

    /** What comes of applying these chains; empty: they run. */
    synchronized void instead(Function<List<String>, Optional<ApplyOutcome>> outcome) {
        instead = outcome;
    }

    /** The names that were given, for each time. */
    synchronized List<List<String>> applied() {
        return List.copyOf(applied);
    }

    /** Somebody else's change. */
    void put(ChainStatus chain) {
        chains.put(chain.name(), chain);
    }

    static Problem problem(Problem.Kind kind, String reason) {
        return new Problem(kind, reason, "hook", "attach", "Look at the hook.");
    }

    /** A chain as it is running at these cgroups. */
    static ChainStatus running(String name, String manager, List<Cgroup> cgroups) {
        return new ChainStatus(
                name,
                "cgroup_inet_egress",
                "/svc",
                100,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                manager,
                "Running",
                List.of(),
                List.of(),
                cgroups.stream()
                        .map(c -> new ChainStatus.HookStatus(c.path(), c.id(), true, List.of()))
                        .toList(),
                List.of());
    }

    @Override
    public synchronized ApplyOutcome apply(List<ChainDocument> documents, ApplyOptions options, Progress progress) {
        List<String> names = documents.stream().map(ChainDocument::name).toList();
        applied.add(names);
        Optional<ApplyOutcome> other = instead.apply(names);
        if (other.isPresent()) {
            return other.get();
        }
        for (ChainDocument document : documents) {
            switch (cgroups.resolve(document.spec().cgroup())) {
                case Cgroups.Resolution.Refused(Problem problem) -> {
                    return new ApplyOutcome.Refused(List.of(problem));
                }
                case Cgroups.Resolution.Found found -> {
                    selections.put(document.name(), document.spec().cgroup());
                    put(running(document.name(), options.manager(), found.cgroups()));
                }
            }
        }
        return done(names);
    }

    private static ApplyOutcome.Done done(List<String> names) {
        return new ApplyOutcome.Done(
                names.stream()
                        .map(n -> new ChainChange(n, "updated", 1, List.of(), List.of()))
                        .toList(),
                List.of());
    }

    @Override
    public ApplyOutcome plan(List<ChainDocument> documents, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ApplyOutcome delete(List<String> names, DeleteOptions options, Progress progress) {
        names.forEach(chains::remove);
        return done(names);
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        throw new UnsupportedOperationException();
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
    public List<Revision> history(String chain) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<KeptRevision> revision(String chain, int number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MapDump dump(String chain, String map) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TreeOutcome tree(Optional<String> below, Optional<Duration> stats, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ApplyOutcome extend(String chain, CgroupSpec selection, List<Cgroup> fresh) {
        List<Cgroup> all = new ArrayList<>(fresh);
        ChainStatus before = chains.get(chain);
        if (before == null) {
            return new ApplyOutcome.Refused(List.of(problem(Problem.Kind.FAILED, "NoSuchChain")));
        }
        before.hooks().forEach(h -> all.add(new Cgroup(h.cgroupId(), h.cgroup())));
        put(running(chain, before.manager(), all));
        return done(List.of(chain));
    }

    @Override
    public List<Selection> selections() {
        return chains.values().stream()
                .filter(c -> selections.containsKey(c.name()))
                .map(c -> new Selection(c.name(), c.manager(), Objects.requireNonNull(selections.get(c.name()))))
                .toList();
    }

    @Override
    public List<String> altered() {
        return List.of();
    }

    @Override
    public List<String> drifted() {
        return List.of();
    }
}
