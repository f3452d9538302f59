package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.Unclaimed;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.commit.DriftCheck;
import io.bpfchain.agent.prepare.Fetch;
import io.bpfchain.agent.prepare.Inspections;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.source.Sources;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.agent.view.TreeView;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.kernel.WriterLock;
import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The machine that this process runs on. */
public final class LocalHost implements Host, Upkeep {

    private final HostConfiguration configuration;
    private final Inspections.Known inspected = new Inspections.Known();
    private @Nullable Session lastExtended;
    private @Nullable StateDirectory state;

    public LocalHost(HostConfiguration configuration) {
        this.configuration = configuration;
    }

    private Session session(StateDirectory over) throws IOException {
        return new Session(configuration, over, inspected);
    }

    /** Opened once: what it has read of files that did not change since, it need not read again. */
    private synchronized StateDirectory state() {
        StateDirectory opened = state;
        if (opened == null) {
            opened = StateDirectory.open(configuration.state());
            state = opened;
        }
        return opened;
    }

    @Override
    public ApplyOutcome apply(List<ChainDocument> chains, ApplyOptions options, Progress progress) {
        Set<String> names = new HashSet<>();
        chains.forEach(c -> names.add(c.name()));
        try (FetchedAhead sources = FetchedAhead.of(
                configuration.sources(), StateDirectory.downloads(configuration.state()), chains, progress)) {
            return write(names, progress, (session, finish) -> {
                List<Problem> problems = new ArrayList<>();
                List<Snapshot> snapshots = fetch(session, sources, chains, options.manager(), problems, progress);
                return problems.isEmpty()
                        ? new Apply(session, finish).run(snapshots, options.dryRun(), progress)
                        : new ApplyOutcome.Refused(problems);
            });
        }
    }

    private List<Snapshot> fetch(
            Session session,
            Sources sources,
            List<ChainDocument> chains,
            String manager,
            List<Problem> problems,
            Progress progress) {
        Fetch fetch =
                new Fetch(sources, session.state().objects(), session.state().entries());
        List<Snapshot> snapshots = new ArrayList<>();
        for (int i = 0; i < chains.size(); i++) {
            progress.advanced("fetch objects", i, chains.size());
            ChainDocument chain = chains.get(i);
            String by = Daemons.applying(chain, () -> manager(chain.name()), manager);
            fetch.fetch(chain, by, problems).ifPresent(snapshots::add);
        }
        progress.advanced("fetch objects", chains.size(), chains.size());
        return snapshots;
    }

    private interface Command {
        ApplyOutcome run(Session session, Finish finish) throws IOException;
    }

    private ApplyOutcome write(Set<String> chains, Progress progress, Command command) {
        return locked(() -> session(state()), session -> recovered(session, chains, progress, command));
    }

    /** {@inheritDoc} The pins are only read where the journals name some that were not there the last time. */
    @Override
    public synchronized ApplyOutcome extend(String chain, CgroupSpec selection, List<Cgroup> cgroups) {
        return locked(this::lastExtended, session -> new Extend(session).run(chain, selection, cgroups));
    }

    @Override
    public List<Selection> selections() {
        StateDirectory now = state();
        return now.journalsOfThisBoot().stream()
                .filter(j -> !j.retired())
                .map(j -> now.chains().require(j.chain(), j.revision()))
                .map(r -> new Selection(r.chain(), r.manager(), r.spec().cgroup()))
                .toList();
    }

    private Session lastExtended() throws IOException {
        Session last = lastExtended;
        if (last == null || !last.knows(last.state().journals().all().values())) {
            last = session(state());
            lastExtended = last;
        }
        return last;
    }

    @Override
    public List<String> drifted() {
        return readHooks(session ->
                new DriftCheck(session.kernel()).drifted(session.state().journalsOfThisBoot()));
    }

    @Override
    public List<String> altered() {
        List<Journal> declaring = state().journalsOfThisBoot().stream()
                .filter(ContentsCheck::declares)
                .toList();
        return declaring.isEmpty() ? List.of() : read(session -> new ContentsCheck(session).altered(declaring));
    }

    private interface Sessions {
        Session open() throws IOException;
    }

    private ApplyOutcome locked(Sessions sessions, Reading<ApplyOutcome> work) {
        try {
            return switch (WriterLock.acquire(configuration.bpffs(), configuration.lockTimeout())) {
                case WriterLock.Attempt.Held held ->
                    new ApplyOutcome.Refused(List.of(new Problem(
                            Problem.Kind.FAILED,
                            "AnotherWriter",
                            configuration.bpffs().toString(),
                            "wait for the writer lock of " + configuration.bpffs() + ": " + held.holder() + " has it",
                            "Wait until it is done, then try again.")));
                case WriterLock.Attempt.Acquired acquired -> {
                    try (WriterLock _ = acquired.lock();
                            Session session = sessions.open()) {
                        session.requireSameRoot();
                        yield work.read(session);
                    }
                }
            };
        } catch (StateException e) {
            return new ApplyOutcome.Refused(List.of(e.problem()));
        } catch (IOException e) {
            return new ApplyOutcome.Refused(List.of(Inaccessible.changing(configuration.bpffs(), e)));
        }
    }

    private ApplyOutcome recovered(Session session, Set<String> chains, Progress progress, Command command)
            throws IOException {
        Finish finish = new Finish(session);
        List<String> warnings = new Recover(session, finish).run(chains, progress);
        ApplyOutcome outcome = command.run(session, finish).after(warnings);
        return switch (outcome) {
            case ApplyOutcome.Done done -> {
                List<String> all = new ArrayList<>(done.warnings());
                all.addAll(finish.strangers());
                yield new ApplyOutcome.Done(done.chains(), all);
            }
            case ApplyOutcome.Refused refused -> {
                finish.collect();
                yield refused;
            }
            case ApplyOutcome.Failed failed -> failed;
        };
    }

    @Override
    public ApplyOutcome delete(List<String> chains, DeleteOptions options, Progress progress) {
        return write(
                Set.copyOf(chains),
                progress,
                (session, finish) -> new Delete(session, finish, options).run(chains, progress));
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        return write(Set.of(chain), progress, (session, finish) -> switch (Rollback.choose(
                session.state(), chain, toRevision)) {
            case Rollback.Choice.Refused(Problem problem) -> new ApplyOutcome.Refused(List.of(problem));
            case Rollback.Choice.Revision revision ->
                revision.told(new Apply(session, finish).run(List.of(revision.snapshot()), false, progress));
        });
    }

    @Override
    public ApplyOutcome plan(List<ChainDocument> chains, Progress progress) {
        try (Scratch scratch = Scratch.create();
                Session session = session(state().over(scratch.directory()))) {
            session.requireSameRoot();
            List<Problem> problems = new ArrayList<>();
            List<Snapshot> snapshots = fetch(session, configuration.sources(), chains, "plan", problems, progress);
            return problems.isEmpty()
                    ? new Apply(session, new Finish(session)).plan(snapshots)
                    : new ApplyOutcome.Refused(problems);
        } catch (StateException e) {
            return new ApplyOutcome.Refused(List.of(e.problem()));
        } catch (IOException e) {
            return new ApplyOutcome.Refused(List.of(Inaccessible.reading(configuration.bpffs(), e)));
        }
    }

    private interface Reading<T> {
        T read(Session session) throws IOException;
    }

    /** Reads without the writer lock; trouble with files is an exception, because there is nothing that could be answered. */
    private <T> T read(Reading<T> reading) {
        try (Scratch scratch = Scratch.create();
                Session session = session(state().over(scratch.directory()))) {
            return reading.read(session);
        } catch (IOException e) {
            throw Inaccessible.toRead(configuration.bpffs(), e);
        }
    }

    /** The same for what looks at the hooks that the journals name, and at no object. */
    private <T> T readHooks(Reading<T> reading) {
        try (Session session = session(state())) {
            session.requireSameRoot();
            return reading.read(session);
        } catch (IOException e) {
            throw Inaccessible.toRead(configuration.bpffs(), e);
        }
    }

    @Override
    public List<ChainStatus> chains() {
        return readHooks(session -> new ChainStatuses(session).all());
    }

    @Override
    public Optional<ChainStatus> chain(String name) {
        return readHooks(session -> new ChainStatuses(session).of(name));
    }

    @Override
    public Optional<String> manager(String chain) {
        StateDirectory state = state();
        return state.journals()
                .read(chain)
                .map(j -> state.chains().require(chain, j.revision()).manager());
    }

    @Override
    public List<Unclaimed> unclaimed() {
        return readHooks(session -> new UnclaimedPrograms(session).all());
    }

    @Override
    public List<Revision> history(String chain) {
        return new Revisions(state()).history(chain);
    }

    @Override
    public Optional<KeptRevision> revision(String chain, int number) {
        return new Revisions(state()).content(chain, number);
    }

    @Override
    public MapDump dump(String chain, String map) {
        return read(session -> new MapDumps(session).of(chain, map));
    }

    @Override
    public TreeOutcome tree(Optional<String> below, Optional<Duration> stats, Progress progress) {
        Cgroups cgroups = configuration.cgroups();
        return switch (cgroups.resolve(below.orElse("/"))) {
            case Cgroups.Resolution.Refused refused -> new TreeOutcome.Refused(refused.problem());
            case Cgroups.Resolution.Found found
            when found.cgroups().isEmpty() ->
                new TreeOutcome.Refused(new Problem(
                        Problem.Kind.REFUSED,
                        "NoSuchCgroup",
                        below.orElse("/"),
                        "look at cgroups " + below.orElse("/") + " below " + cgroups.root()
                                + ": none matches at the moment",
                        "\"bpfchain tree\" shows all that run programs."));
            case Cgroups.Resolution.Found found ->
                read(session -> {
                    TreeView view = new TreeView(cgroups.root(), session.kernel(), progress);
                    Tree tree = view.of(found.cgroups(), stats);
                    return view.denied().isEmpty()
                            ? new TreeOutcome.Shown(tree)
                            : new TreeOutcome.Refused(
                                    Inaccessible.lists(view.denied().get()));
                });
        };
    }
}
