package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.run.ChangeLog;
import io.bpfchain.agent.run.Together;
import io.bpfchain.crds.file.ChainDocument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/** Gives chains to the machine, and says what became of each. */
final class Applying {
    private static final Host.Progress SILENT = (phase, done, total) -> {};

    /** As long as what is told of one chain gets. */
    static final int LONGEST = 4096;

    private final Host host;
    private final ChangeLog changes;

    Applying(Host host, Logger log) {
        this.host = host;
        this.changes = new ChangeLog(log);
    }

    /** What became of each chain. */
    Map<String, Verdict> apply(List<ChainDocument> documents, String manager) {
        Map<String, Verdict> verdicts = new HashMap<>();
        for (Together.Attempt attempt : Together.apply(host, documents, new Host.ApplyOptions(false, manager))) {
            List<String> chains =
                    attempt.documents().stream().map(ChainDocument::name).toList();
            Verdict verdict = verdict(chains, attempt.outcome());
            chains.forEach(c -> verdicts.put(c, verdict));
        }
        return verdicts;
    }

    private Verdict verdict(List<String> chains, ApplyOutcome outcome) {
        changes.tried(chains, outcome);
        return switch (outcome) {
            case ApplyOutcome.Done _ -> new Verdict.Running();
            case ApplyOutcome.Refused refused -> refused(refused.problems());
            case ApplyOutcome.Failed failed -> new Verdict.Failed(reason(failed.problems()), text(failed.problems()));
        };
    }

    /** Takes out a chain of this manager; one that is not there, or is somebody else's by now, is out. */
    Optional<Verdict.Unwell> delete(String chain, String manager) {
        Optional<ChainStatus> there = host.chain(chain).filter(c -> c.manager().equals(manager));
        if (there.isEmpty()) {
            return Optional.empty();
        }
        ApplyOutcome outcome = host.delete(List.of(chain), new Host.DeleteOptions(manager, false), SILENT);
        return verdict(List.of(chain), outcome) instanceof Verdict.Unwell why ? Optional.of(why) : Optional.empty();
    }

    /** A problem of the machine passes; one of the chain does not. */
    private static Verdict.Unwell refused(List<Problem> problems) {
        boolean passes = problems.stream().allMatch(p -> p.kind() == Problem.Kind.FAILED);
        return passes
                ? new Verdict.Failed(reason(problems), text(problems))
                : new Verdict.Refused(reason(problems), text(problems));
    }

    private static String reason(List<Problem> problems) {
        return problems.getFirst().reason();
    }

    private static String text(List<Problem> problems) {
        String text = Problem.text(problems);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
    }
}
