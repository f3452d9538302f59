package io.bpfchain.agent.run;

import io.bpfchain.crds.file.ChainDocument;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to do now.
 *
 * @param memory for the next decision
 * @param apply chains to give to the machine; applying what already runs changes nothing
 * @param restore chains whose last applied revision is to be given to the machine again, where they do not run: no valid file of
 *     theirs has been seen since the start
 * @param everything whether {@code apply} is all that there is, so that the machine is refreshed
 * @param delete chains to take out
 * @param errors what is wrong now, by subject (a file, a chain or the folder): shown until it is no more
 * @param next the latest time for the next decision
 */
public record Decision(
        Memory memory,
        List<ChainDocument> apply,
        List<String> restore,
        boolean everything,
        List<String> delete,
        Map<String, String> errors,
        Instant next) {
    public Decision {
        Objects.requireNonNull(memory);
        apply = List.copyOf(apply);
        restore = List.copyOf(restore);
        delete = List.copyOf(delete);
        errors = Map.copyOf(errors);
        Objects.requireNonNull(next);
    }
}
