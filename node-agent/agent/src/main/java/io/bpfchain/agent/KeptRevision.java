package io.bpfchain.agent;

import io.bpfchain.crds.ChainSpec;
import java.util.Objects;

/**
 * What a revision says.
 *
 * @param spec its files are the machine's own copies with their digests, so that applying it again uses the same bytes
 */
public record KeptRevision(String chain, Revision revision, ChainSpec spec) {
    public KeptRevision {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(revision);
        Objects.requireNonNull(spec);
    }
}
