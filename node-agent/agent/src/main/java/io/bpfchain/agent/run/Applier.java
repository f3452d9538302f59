package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.crds.file.ChainDocument;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/** Gives chains to the machine. What one chain lacks does not keep the others from running. */
final class Applier {
    private static final Host.Progress SILENT = (phase, done, total) -> {};

    private final Host host;
    private final Host.ApplyOptions options;
    private final Complaints complaints;
    private final Logger log;

    Applier(Host host, String manager, Complaints complaints, Logger log) {
        this.host = host;
        this.options = new Host.ApplyOptions(false, manager);
        this.complaints = complaints;
        this.log = log;
    }

    /** All at once, because they may depend on each other; where that is refused, one by one. */
    void apply(List<ChainDocument> documents) {
        switch (host.apply(documents, options, SILENT)) {
            case ApplyOutcome.Done done -> {
                done(done);
                documents.forEach(d -> complaints.settled(d.name()));
            }
            case ApplyOutcome.Refused refused when documents.size() > 1 -> documents.forEach(d -> apply(List.of(d)));
            case ApplyOutcome.Refused refused ->
                complaints.chain(documents.getFirst().name(), text(refused.problems()));
            case ApplyOutcome.Failed failed -> {
                String text = text(failed.problems());
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
            case ApplyOutcome.Refused refused -> complaints.chain(chain, text(refused.problems()));
            case ApplyOutcome.Failed failed -> complaints.chain(chain, text(failed.problems()));
        }
    }

    void delete(List<String> chains) {
        switch (host.delete(chains, new Host.DeleteOptions(options.manager(), false), SILENT)) {
            case ApplyOutcome.Done done -> {
                done(done);
                chains.forEach(complaints::settled);
            }
            case ApplyOutcome.Refused refused -> chains.forEach(c -> complaints.chain(c, text(refused.problems())));
            case ApplyOutcome.Failed failed -> chains.forEach(c -> complaints.chain(c, text(failed.problems())));
        }
    }

    private void done(ApplyOutcome.Done done) {
        for (ChainChange chain : done.chains()) {
            long steps = chain.hooks().stream().mapToLong(h -> h.steps().size()).sum();
            if (steps > 0 || !chain.verb().equals("unchanged")) {
                log.atInfo()
                        .addKeyValue("chain", chain.chain())
                        .addKeyValue("revision", chain.revision())
                        .addKeyValue("steps", steps)
                        .log(chain.verb().equals("unchanged") ? "repaired" : chain.verb());
            }
        }
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .map(p -> p.text() + (p.remedy().isEmpty() ? "" : "\n" + p.remedy()))
                .collect(Collectors.joining("\n"));
    }
}
