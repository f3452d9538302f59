package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.run.ChangeLog;
import io.bpfchain.crds.file.ChainDocument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/** Gives chains to the machine. What one chain lacks does not keep the others from running. */
final class Applying {
    private static final Host.Progress SILENT = (phase, done, total) -> {};

    /** As much as the status of a node may hold of one chain. */
    private static final int LONGEST = 4096;

    private final Host host;
    private final ChangeLog changes;

    Applying(Host host, Logger log) {
        this.host = host;
        this.changes = new ChangeLog(log);
    }

    /** All at once, because they may depend on each other; where that is refused, one by one. */
    Map<String, Verdict> apply(List<ChainDocument> documents, String manager) {
        Map<String, Verdict> verdicts = new HashMap<>();
        switch (host.apply(documents, new Host.ApplyOptions(false, manager), SILENT)) {
            case ApplyOutcome.Done done -> {
                changes.done(done);
                documents.forEach(d -> verdicts.put(d.name(), new Verdict.Running()));
            }
            case ApplyOutcome.Refused _
            when documents.size() > 1 -> documents.forEach(d -> verdicts.putAll(apply(List.of(d), manager)));
            case ApplyOutcome.Refused(List<Problem> problems) ->
                verdicts.put(documents.getFirst().name(), refused(problems));
            case ApplyOutcome.Failed failed ->
                documents.forEach(d ->
                        verdicts.put(d.name(), new Verdict.Failed(reason(failed.problems()), text(failed.problems()))));
        }
        return verdicts;
    }

    /** Takes out a chain of this manager; one that is not there, or is somebody else's by now, is out. */
    Optional<Verdict.Unwell> delete(String chain, String manager) {
        Optional<ChainStatus> there = host.chain(chain).filter(c -> c.manager().equals(manager));
        if (there.isEmpty()) {
            return Optional.empty();
        }
        return switch (host.delete(List.of(chain), new Host.DeleteOptions(manager, false), SILENT)) {
            case ApplyOutcome.Done done -> {
                changes.done(done);
                yield Optional.empty();
            }
            case ApplyOutcome.Refused(List<Problem> problems) -> Optional.of(refused(problems));
            case ApplyOutcome.Failed failed ->
                Optional.of(new Verdict.Failed(reason(failed.problems()), text(failed.problems())));
        };
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
