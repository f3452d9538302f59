package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.MapSpec;
import java.nio.file.Path;
import java.util.Optional;

/** Declared contents of one map. */
record DeclaredMap(MapSpec spec, String digest) {
    Optional<Problem> write(Path pin) {
        return Optional.empty();
    }
}
