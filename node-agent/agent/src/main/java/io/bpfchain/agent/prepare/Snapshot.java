package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.Digests;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.agent.state.StoredRevision.StoredObject;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.file.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A chain with everything that it refers to resolved to digests of stored bytes. From here on nothing depends on the user's files.
 *
 * @param cause why it is applied, for the history
 */
public record Snapshot(String chain, ChainSpec spec, List<StoredObject> objects, String cause, String manager) {
    public Snapshot {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(spec);
        objects = List.copyOf(objects);
        Objects.requireNonNull(cause);
        Objects.requireNonNull(manager);
    }

    /** An earlier revision to be applied again. */
    public static Snapshot of(StoredRevision revision, String cause, String manager) {
        return new Snapshot(revision.chain(), revision.spec(), revision.objects(), cause, manager);
    }

    /** Equal for equal content, whatever the chain file was called and whenever it was applied. */
    public String digest() {
        StringBuilder text = new StringBuilder(CanonicalJson.write(spec));
        for (StoredObject object : objects) {
            text.append('\n').append(object.name()).append(' ').append(object.digest());
            new TreeMap<>(object.entries())
                    .forEach((map, entries) ->
                            text.append('\n').append(map).append(' ').append(entries));
        }
        return Digests.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The digests that belong to an object of the specification. */
    StoredObject object(String name) {
        return objects.stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("chain " + chain + " has no object " + name));
    }
}
