package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.Committer;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.prepare.Preparation;
import io.bpfchain.agent.prepare.PreparedChain;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.planner.Kernel;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes the machine run some chains: decide everything, prepare everything, and only then touch the first hook. */
final class Apply {
    private final Session session;
    private final Finish finish;

    Apply(Session session, Finish finish) {
        this.session = session;
        this.finish = finish;
    }

    /** Applies these chains; the caller holds the writer lock and has recovered what was left half done. */
    ApplyOutcome run(List<Snapshot> snapshots, boolean dryRun, Progress progress) throws IOException {
        List<Problem> problems = new ArrayList<>();
        Change change = Change.of(session, snapshots, problems);
        if (!problems.isEmpty()) {
            return new ApplyOutcome.Refused(problems);
        }
        if (change.nothingToDo()) {
            return change.done();
        }
        Map<String, String> uids = session.state()
                .chains()
                .uids(change.targets().stream().map(t -> t.chain().name()).toList());
        Preparation preparation = session.preparation();
        try {
            List<PreparedChain> prepared;
            try {
                prepared = prepare(preparation, change, uids, problems, progress);
            } finally {
                preparation.abandon();
            }
            change.targets().stream().filter(this::removedMeanwhile).forEach(t -> problems.add(removed(t)));
            if (!problems.isEmpty() || dryRun) {
                preparation.drop();
                return problems.isEmpty() ? change.done() : new ApplyOutcome.Refused(problems);
            }
            return commit(change, prepared, uids, progress);
        } catch (StateException | IOException e) {
            takeBack(preparation, e);
            throw e;
        }
    }

    /** Nothing was begun, so nothing stays of what was made for it; what cannot be removed either, the next command removes. */
    private void takeBack(Preparation preparation, Exception why) {
        try {
            preparation.drop();
            finish.collect();
        } catch (StateException | IOException e) {
            why.addSuppressed(e);
        }
    }

    private static List<PreparedChain> prepare(
            Preparation preparation, Change change, Map<String, String> uids, List<Problem> problems, Progress progress)
            throws IOException {
        List<Preparation.Wish> wishes = change.targets().stream()
                .map(t -> new Preparation.Wish(t.chain(), uid(uids, t), t.before()))
                .toList();
        preparation.begin(wishes);
        List<PreparedChain> prepared = new ArrayList<>();
        for (Preparation.Wish wish : wishes) {
            progress.advanced("load", prepared.size(), wishes.size());
            preparation.prepare(wish, change.plans(), problems).ifPresent(prepared::add);
        }
        progress.advanced("load", wishes.size(), wishes.size());
        return prepared;
    }

    /** Loading takes a while, and a chain for one cgroup that is not there any more would be a chain for nothing. */
    private boolean removedMeanwhile(Target target) {
        String path = target.chain().snapshot().spec().cgroup().path();
        return path != null
                && !Cgroups.isGlob(path)
                && target.hooks().stream()
                        .allMatch(h -> session.kernel().readBack(h) instanceof Kernel.ReadBack.Failed failed
                                && Executor.gone(failed.error()));
    }

    private static Problem removed(Target target) {
        String path = target.chain().snapshot().spec().cgroup().summary();
        return new Problem(
                Problem.Kind.REFUSED,
                "CgroupRemoved",
                "chain " + target.chain().name(),
                "attach chain " + target.chain().name() + " to " + path
                        + ": the cgroup was removed while the chain was being prepared",
                "Apply again when it is there, or correct spec.cgroup.path.");
    }

    /** Says what {@link #run} would do; loads and changes nothing. */
    ApplyOutcome plan(List<Snapshot> snapshots) {
        List<Problem> problems = new ArrayList<>();
        Change change = Change.of(session, snapshots, problems);
        Preparation preparation = session.preparation();
        Map<String, List<MapChange>> maps = new HashMap<>();
        for (Target target : change.targets()) {
            maps.put(target.chain().name(), preparation.check(target.chain(), target.before(), problems));
        }
        return problems.isEmpty() ? change.done(maps) : new ApplyOutcome.Refused(problems);
    }

    private ApplyOutcome commit(
            Change change, List<PreparedChain> prepared, Map<String, String> uids, Progress progress)
            throws IOException {
        Checkpoint checkpoint = session.configuration().checkpoint();
        Instant now = session.configuration().clock().instant();
        session.state()
                .chains()
                .add(change.targets().stream()
                        .filter(Target::newContent)
                        .map(t -> t.stored(now))
                        .toList());
        checkpoint.reached("revision-written");
        List<Journal> journals = new ArrayList<>();
        for (int i = 0; i < prepared.size(); i++) {
            Target target = change.targets().get(i);
            journals.add(target.journal(
                    prepared.get(i), uid(uids, target), session.state().bootId(), session.root()));
        }
        try {
            session.state().journals().write(journals);
        } catch (StateException e) {
            if (session.state().journals().anyCounts(journals)) {
                return session.failed(e.problem(), journals);
            }
            throw e;
        }
        checkpoint.reached("journal-written");
        return session.begun(journals, () -> {
            Optional<Problem> contents = contents(prepared);
            if (contents.isPresent()) {
                return session.failed(contents.get(), journals);
            }
            List<HookResult> results = new Committer(session.executor(), session.state(), checkpoint)
                    .commit(journals, change.plans(), progress);
            return change.outcome(results, finish.run(journals));
        });
    }

    /** Brings live maps to their declared contents, entry by entry. */
    private Optional<Problem> contents(List<PreparedChain> prepared) {
        for (PreparedChain chain : prepared) {
            Optional<Problem> problem = chain.updateContents(session.live());
            session.configuration().checkpoint().reached("contents-updated");
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static String uid(Map<String, String> uids, Target target) {
        return Objects.requireNonNull(uids.get(target.chain().name()));
    }
}
