package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.commit.Committer;
import io.bpfchain.agent.commit.Recovery;
import io.bpfchain.agent.prepare.PreparedChain;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.kernel.InstanceScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What every writing command does first: finish what earlier ones left half done. */
final class Recover {
    private final Session session;
    private final Finish finish;

    Recover(Session session, Finish finish) {
        this.session = session;
        this.finish = finish;
    }

    /**
     * Finishes all but some chains.
     *
     * @param except chains that are about to be changed anyway
     * @return warnings
     */
    List<String> run(Set<String> except, Progress progress) throws IOException {
        StateDirectory state = session.state();
        session.configuration().bpffs().sweep();
        state.journals().finish();
        List<String> warnings = new ArrayList<>();
        for (InstanceScan.Broken broken : session.broken()) {
            warnings.add("The pin " + broken.path() + " is left alone: " + broken.reason() + ".");
        }
        List<Journal> all = List.copyOf(state.journals().all().values());
        for (Journal journal : all) {
            if (journal.retired() && !journal.bootId().equals(state.bootId())) {
                state.journals().delete(journal.chain());
            }
        }
        warnings.addAll(new LostPins(session).recover(all));
        List<Journal> unfinished = new ArrayList<>();
        for (Journal journal : session.running(all)) {
            if (!except.contains(journal.chain()) && !state.chains().settled(journal)) {
                Optional<Problem> problem = contents(journal);
                if (problem.isEmpty()) {
                    unfinished.add(journal);
                } else {
                    session.holdBack(journal.chain());
                    warnings.add(Recovery.unfinished(Set.of(journal.chain()), problem.get()));
                }
            }
        }
        if (!unfinished.isEmpty()) {
            Recovery recovery = new Recovery(
                    session.kernel(),
                    session.planner(),
                    session.capabilities(),
                    new Committer(
                            session.executor(), state, session.configuration().checkpoint()));
            warnings.addAll(recovery.run(unfinished, session.plannedWith(all), progress));
            finished(unfinished).ifPresent(warnings::add);
            warnings.addAll(finish.run(unfinished));
        } else {
            finish.letGo();
        }
        return warnings;
    }

    /** Says which of these chains were brought to an end. */
    private Optional<String> finished(List<Journal> unfinished) {
        Map<String, Journal> left = session.state().journals().all();
        String chains = unfinished.stream()
                .filter(j -> j.retired()
                        ? !left.containsKey(j.chain())
                        : session.state().chains().settled(j))
                .map(Journal::chain)
                .collect(Collectors.joining(", "));
        return chains.isEmpty()
                ? Optional.empty()
                : Optional.of("An earlier change of " + chains + " was finished first.");
    }

    /** Brings the declared contents of a chain's live maps to its revision. */
    private Optional<Problem> contents(Journal journal) {
        if (journal.retired()) {
            return Optional.empty();
        }
        List<Problem> problems = new ArrayList<>();
        Optional<ResolvedChain> chain = session.resolved(journal, problems);
        return chain.isEmpty()
                ? problems.stream().findFirst()
                : new PreparedChain(chain.get(), journal.entries(), journal.objects(), journal.copies())
                        .updateContents(session.live());
    }
}
