package io.bpfchain.agent;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.Committer;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.prepare.Preparation;
import io.bpfchain.agent.prepare.PreparedChain;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
            return change.done(List.of());
        }
        Preparation preparation = session.preparation();
        List<PreparedChain> prepared = new ArrayList<>();
        for (Target target : change.targets()) {
            preparation
                    .prepare(target.chain(), target.uid(), target.before(), change.plans(), problems)
                    .ifPresent(prepared::add);
            progress.advanced("load", prepared.size(), change.targets().size());
        }
        if (!problems.isEmpty() || dryRun) {
            preparation.drop();
            return problems.isEmpty() ? change.done(List.of()) : new ApplyOutcome.Refused(problems);
        }
        return commit(change, prepared, progress);
    }

    private ApplyOutcome commit(Change change, List<PreparedChain> prepared, Progress progress) throws IOException {
        Checkpoint checkpoint = session.configuration().checkpoint();
        List<Journal> journals = new ArrayList<>();
        for (int i = 0; i < prepared.size(); i++) {
            Target target = change.targets().get(i);
            if (target.newContent()) {
                session.state()
                        .chains()
                        .add(target.stored(session.configuration().clock().instant()));
                checkpoint.reached("revision-written");
            }
            journals.add(target.journal(prepared.get(i), session.state().bootId()));
        }
        session.state().journals().write(journals);
        checkpoint.reached("journal-written");
        return session.begun(journals, () -> {
            List<HookResult> results = new Committer(
                            session.executor(), session.state().chains(), checkpoint)
                    .commit(journals, change.plans(), progress);
            return change.outcome(results, finish.run(journals));
        });
    }
}
