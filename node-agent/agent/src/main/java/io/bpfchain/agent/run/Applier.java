package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.crds.file.ChainDocument;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;

/** Gives chains to the machine, and complains about what it does not take. */
final class Applier {
    private static final Host.Progress SILENT = (phase, done, total) -> {};

    private final Host host;
    private final Host.ApplyOptions options;
    private final Complaints complaints;
    private final ChangeLog changes;
    private final Logger log;

    Applier(Host host, String manager, Complaints complaints, Logger log) {
        this.host = host;
        this.options = new Host.ApplyOptions(false, manager);
        this.complaints = complaints;
        this.changes = new ChangeLog(log);
        this.log = log;
    }

    /** Returns the names of the chains that were not taken. */
    List<String> apply(List<ChainDocument> documents) {
        List<Together.Attempt> attempts = Together.apply(host, documents, options);
        attempts.forEach(this::tell);
        return attempts.stream()
                .filter(a -> !(a.outcome() instanceof ApplyOutcome.Done))
                .flatMap(a -> a.documents().stream())
                .map(ChainDocument::name)
                .toList();
    }

    private void tell(Together.Attempt attempt) {
        List<String> chains =
                attempt.documents().stream().map(ChainDocument::name).toList();
        changes.tried(chains, attempt.outcome());
        switch (attempt.outcome()) {
            case ApplyOutcome.Done _ -> chains.forEach(complaints::settled);
            case ApplyOutcome.Refused refused -> complain(chains, refused.problems());
            case ApplyOutcome.Failed failed -> complain(chains, failed.problems());
        }
    }

    private void complain(List<String> chains, List<Problem> problems) {
        String text = Problem.text(problems);
        chains.forEach(c -> complaints.chain(c, text));
    }

    /** Gives a revision that is already the chain's current one to the machine again. */
    void restore(String chain, int revision) {
        ApplyOutcome outcome = host.rollback(chain, OptionalInt.of(revision), SILENT);
        changes.warn(List.of(chain), outcome);
        switch (outcome) {
            case ApplyOutcome.Done _ ->
                log.atInfo()
                        .addKeyValue("chain", chain)
                        .addKeyValue("revision", revision)
                        .log("restored");
            case ApplyOutcome.Refused refused -> complain(List.of(chain), refused.problems());
            case ApplyOutcome.Failed failed -> complain(List.of(chain), failed.problems());
        }
    }

    void delete(List<String> chains) {
        ApplyOutcome outcome = host.delete(chains, new Host.DeleteOptions(options.manager(), false), SILENT);
        changes.tried(chains, outcome);
        switch (outcome) {
            case ApplyOutcome.Done _ -> chains.forEach(complaints::settled);
            case ApplyOutcome.Refused refused -> complain(chains, refused.problems());
            case ApplyOutcome.Failed failed -> complain(chains, failed.problems());
        }
    }
}
