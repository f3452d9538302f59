package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.crds.file.ChainDocument;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;

/** Gives chains to the machine. What one chain lacks does not keep the others from running. */
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

    /** All at once, because they may depend on each other; where that is refused, one by one. */
    void apply(List<ChainDocument> documents) {
        switch (host.apply(documents, options, SILENT)) {
            case ApplyOutcome.Done done -> {
                changes.done(done);
                documents.forEach(d -> complaints.settled(d.name()));
            }
            case ApplyOutcome.Refused refused when documents.size() > 1 -> documents.forEach(d -> apply(List.of(d)));
            case ApplyOutcome.Refused refused ->
                complaints.chain(documents.getFirst().name(), Problem.text(refused.problems()));
            case ApplyOutcome.Failed failed -> {
                String text = Problem.text(failed.problems());
                documents.forEach(d -> complaints.chain(d.name(), text));
            }
        }
    }

    /** Gives a revision that is already the chain's current one to the machine again. */
    void restore(String chain, int revision) {
        switch (host.rollback(chain, OptionalInt.of(revision), SILENT)) {
            case ApplyOutcome.Done done ->
                log.atInfo()
                        .addKeyValue("chain", chain)
                        .addKeyValue("revision", revision)
                        .log("restored");
            case ApplyOutcome.Refused refused -> complaints.chain(chain, Problem.text(refused.problems()));
            case ApplyOutcome.Failed failed -> complaints.chain(chain, Problem.text(failed.problems()));
        }
    }

    void delete(List<String> chains) {
        switch (host.delete(chains, new Host.DeleteOptions(options.manager(), false), SILENT)) {
            case ApplyOutcome.Done done -> {
                changes.done(done);
                chains.forEach(complaints::settled);
            }
            case ApplyOutcome.Refused refused ->
                chains.forEach(c -> complaints.chain(c, Problem.text(refused.problems())));
            case ApplyOutcome.Failed failed ->
                chains.forEach(c -> complaints.chain(c, Problem.text(failed.problems())));
        }
    }
}
