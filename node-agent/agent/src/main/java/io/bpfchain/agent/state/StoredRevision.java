package io.bpfchain.agent.state;

import io.bpfchain.crds.ChainSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An immutable snapshot of a chain with everything that it refers to resolved to digests, so that it can be applied again without
 * the user's files.
 *
 * @param number from 1, ascending, never reused
 * @param digest over the specification and all resolved digests; equal digests mean the same content
 * @param cause a sentence for people, for example {@code applied from chain.yaml:1}
 * @param manager {@code apply} or {@code run:<directory>}
 * @param createdAt when the chain was made that this is a revision of: goes from revision to revision until the chain is deleted
 */
public record StoredRevision(
        String chain,
        int number,
        String digest,
        ChainSpec spec,
        List<StoredObject> objects,
        String cause,
        Instant at,
        String manager,
        Instant createdAt) {
    public StoredRevision {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(digest);
        Objects.requireNonNull(spec);
        objects = List.copyOf(objects);
        Objects.requireNonNull(cause);
        Objects.requireNonNull(at);
        Objects.requireNonNull(manager);
        Objects.requireNonNull(createdAt);
    }

    /**
     * What an object of the chain was resolved to.
     *
     * @param digest of its bytes
     * @param entries digests of the files of {@code entriesFrom}, by map
     */
    public record StoredObject(String name, String digest, Map<String, String> entries) {
        public StoredObject {
            Objects.requireNonNull(name);
            Objects.requireNonNull(digest);
            entries = Map.copyOf(entries);
        }
    }

    /** The object with this name. */
    public StoredObject object(String name) {
        return objects.stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("revision " + number + " has no object " + name));
    }
}
