package io.bpfchain.agent.fleet;

import io.bpfchain.crds.revision.RevisionContent;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A kept revision of a chain: a ControllerRevision in the operator's namespace.
 *
 * @param content empty where it is not what its name says
 */
public record FleetRevision(String name, long number, Instant created, Optional<RevisionContent> content) {
    public FleetRevision {
        Objects.requireNonNull(name);
        Objects.requireNonNull(created);
        Objects.requireNonNull(content);
    }

    /** Whether it is the revision with this digest. */
    public boolean is(String digest) {
        return content.filter(c -> c.digest().equals(digest)).isPresent();
    }
}
