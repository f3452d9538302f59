package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.crds.file.ChainDocument;
import java.util.ArrayList;
import java.util.List;

/** How daemons give chains to the machine: what one chain lacks does not keep the others from running. */
public final class Together {
    private static final Host.Progress SILENT = (phase, done, total) -> {};

    private Together() {}

    /**
     * What came of some chains.
     *
     * @param documents more than one only where the outcome is that of all of them
     */
    public record Attempt(List<ChainDocument> documents, ApplyOutcome outcome) {}

    /**
     * All at once, because they may depend on each other; where that is refused or not finished, one by one: nothing is left to do for those
     * that were.
     */
    public static List<Attempt> apply(Host host, List<ChainDocument> documents, Host.ApplyOptions options) {
        ApplyOutcome outcome = host.apply(documents, options, SILENT);
        if (outcome instanceof ApplyOutcome.Done || documents.size() == 1) {
            return List.of(new Attempt(documents, outcome));
        }
        List<Attempt> attempts = new ArrayList<>();
        for (ChainDocument document : documents) {
            ApplyOutcome alone = host.apply(List.of(document), options, SILENT);
            attempts.add(new Attempt(List.of(document), attempts.isEmpty() ? alone.after(outcome.warnings()) : alone));
        }
        return attempts;
    }
}
