package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.ChainStore;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StoredRevision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Chooses the revision that a rollback applies again. */
final class Rollback {
    private Rollback() {}

    /** The earlier revision as a snapshot to be applied; adds to {@code problems} why there is none. */
    static Optional<Snapshot> snapshot(StateDirectory state, String chain, OptionalInt wanted, List<Problem> problems) {
        ChainStore chains = state.chains();
        Optional<Journal> journal = state.journals().read(chain);
        List<Integer> numbers = chains.numbers(chain);
        int current = journal.map(Journal::revision)
                .orElseGet(() ->
                        chains.current(chain).map(ChainStore.Current::revision).orElse(0));
        int number = wanted.orElseGet(() ->
                numbers.stream().filter(n -> n < current).reduce((a, b) -> b).orElse(0));
        Optional<StoredRevision> revision = chains.revision(chain, number);
        if (revision.isEmpty()) {
            problems.add(new Problem(
                    Problem.Kind.REFUSED,
                    "NoSuchRevision",
                    "chain " + chain,
                    "roll chain " + chain + " back"
                            + (wanted.isPresent()
                                    ? " to revision " + number + ": there is no such revision"
                                    : ": there is no earlier revision"),
                    numbers.isEmpty()
                            ? "Apply the chain from its file."
                            : "Choose one of the revisions that are kept: "
                                    + numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "."));
            return Optional.empty();
        }
        String manager = chains.revision(chain, current)
                .map(StoredRevision::manager)
                .orElse(revision.get().manager());
        return Optional.of(Snapshot.of(revision.get(), "rolled back to revision " + number, manager));
    }
}
