package io.bpfchain.agent;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.Fetch;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.kernel.WriterLock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The machine that this process runs on. */
public final class LocalHost implements Host {
    private final HostConfiguration configuration;

    public LocalHost(HostConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public ApplyOutcome apply(List<ChainDocument> chains, ApplyOptions options, Progress progress) {
        Set<String> names = new HashSet<>();
        chains.forEach(c -> names.add(c.name()));
        return write(names, progress, (session, finish) -> {
            List<Problem> problems = new ArrayList<>();
            List<Snapshot> snapshots = new ArrayList<>();
            Fetch fetch = new Fetch(
                    configuration.sources(),
                    session.state().objects(),
                    session.state().entries());
            for (ChainDocument chain : chains) {
                fetch.fetch(chain, options.manager(), problems).ifPresent(snapshots::add);
            }
            return problems.isEmpty()
                    ? new Apply(session, finish).run(snapshots, options.dryRun(), progress)
                    : new ApplyOutcome.Refused(problems);
        });
    }

    private interface Command {
        ApplyOutcome run(Session session, Finish finish) throws IOException;
    }

    private ApplyOutcome write(Set<String> chains, Progress progress, Command command) {
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
                            Session session = new Session(configuration)) {
                        yield locked(session, chains, progress, command);
                    }
                }
            };
        } catch (StateException e) {
            return new ApplyOutcome.Refused(List.of(e.problem()));
        } catch (IOException e) {
            return new ApplyOutcome.Refused(List.of(new Problem(
                    Problem.Kind.FAILED,
                    "InputOutput",
                    configuration.bpffs().toString(),
                    "use " + configuration.bpffs() + ": " + e,
                    "Check that the BPF file system is mounted and writable, then try again.")));
        }
    }

    private ApplyOutcome locked(Session session, Set<String> chains, Progress progress, Command command)
            throws IOException {
        Finish finish = new Finish(session);
        List<String> warnings = session.recover(chains, finish, progress);
        ApplyOutcome outcome = command.run(session, finish);
        return switch (outcome) {
            case ApplyOutcome.Done done -> {
                List<String> all = new ArrayList<>(warnings);
                all.addAll(done.warnings());
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
    public ApplyOutcome plan(List<ChainDocument> chains) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ApplyOutcome delete(List<String> chains, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ChainStatus> chains() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ChainStatus> chain(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Revision> history(String chain) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MapDump dump(String chain, String map) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Tree tree(Optional<String> below, Optional<Duration> stats) {
        throw new UnsupportedOperationException();
    }
}
