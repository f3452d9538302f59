package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ApplyOutcome.RevisionsOfRollback;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.ChainStore;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StoredRevision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Chooses the revision that a rollback applies again. */
final class Rollback {
    private Rollback() {}

    /** What was chosen. */
    sealed interface Choice {
        /**
         * A revision that is kept.
         *
         * @param revisions from which to which
         * @param snapshot of it, to be applied
         * @param warning how long it stays where a daemon keeps the chain
         */
        record Revision(RevisionsOfRollback revisions, Snapshot snapshot, Optional<String> warning) implements Choice {
            /** What came of applying it, with what only a rollback knows. */
            ApplyOutcome told(ApplyOutcome outcome) {
                return switch (outcome) {
                    case ApplyOutcome.Done done -> {
                        List<String> warnings = new ArrayList<>(done.warnings());
                        warning.ifPresent(warnings::add);
                        yield new ApplyOutcome.Done(
                                done.chains().stream()
                                        .map(c -> c.rolledBack(revisions))
                                        .toList(),
                                warnings);
                    }
                    case ApplyOutcome.Refused refused ->
                        new ApplyOutcome.Refused(
                                refused.problems().stream().map(this::editable).toList());
                    case ApplyOutcome.Failed failed -> failed;
                };
            }

            /** A remedy may be to change the chain; a revision cannot be changed, but a file that says the same can. */
            private Problem editable(Problem problem) {
                if (problem.kind() != Problem.Kind.REFUSED && problem.kind() != Problem.Kind.INVALID) {
                    return problem;
                }
                String chain = snapshot.chain();
                return problem.withRemedy(problem.remedy()
                        + " To change the chain, write the revision to a file, change that and"
                        + " apply it: bpfchain history chain " + chain + " --revision " + revisions.to() + " > " + chain
                        + ".yaml");
            }
        }

        record Refused(Problem problem) implements Choice {}
    }

    /** Of a deleted chain the last revision that ran, otherwise the one before the current, or the one that is asked for. */
    static Choice choose(StateDirectory state, String chain, OptionalInt wanted) {
        ChainStore chains = state.chains();
        Optional<Journal> journal = state.journals().read(chain);
        List<Integer> numbers = chains.numbers(chain);
        int last = journal.map(Journal::revision)
                .or(() -> chains.current(chain).map(ChainStore.Current::revision))
                .orElse(0);
        int before = numbers.stream().filter(n -> n < last).reduce((a, b) -> b).orElse(0);
        int number = wanted.orElse(journal.isPresent() ? before : last);
        Optional<StoredRevision> revision = chains.revision(chain, number);
        if (revision.isEmpty()) {
            return new Choice.Refused(new Problem(
                    Problem.Kind.REFUSED,
                    numbers.isEmpty() ? "NoSuchChain" : "NoSuchRevision",
                    "chain " + chain,
                    "roll chain " + chain + " back"
                            + (wanted.isPresent()
                                    ? " to revision " + number + ": there is no such revision"
                                    : ": there is no earlier revision")
                            + (numbers.isEmpty() ? "; the chain was never on this machine" : ""),
                    numbers.isEmpty()
                            ? "Apply the chain from its file."
                            : "Choose one of the revisions that are kept: "
                                    + numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "."));
        }
        String manager = chains.revision(chain, last)
                .map(StoredRevision::manager)
                .orElse(revision.get().manager());
        return new Choice.Revision(
                new RevisionsOfRollback(last, number),
                Snapshot.of(revision.get(), "rolled back to revision " + number, Daemons.ofRollback(manager)),
                Daemons.rolledBack(chain, manager));
    }
}
