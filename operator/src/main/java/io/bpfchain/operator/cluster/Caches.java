package io.bpfchain.operator.cluster;

import io.bpfchain.crds.CgroupProgramNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One watch for each kind, shared by all reconcilers: each gives in the cache of its own primary kind. What comes out of here is never
 * changed, and what is not here is not for that reason gone. An object of a node that this process has changed is here at once, because a
 * write from an older one would be refused; one that it has created is when the watch tells of it.
 */
public final class Caches {
    private final AtomicReference<@Nullable Cache<ChainObject>> chains = new AtomicReference<>();
    private final AtomicReference<@Nullable Cache<Node>> nodes = new AtomicReference<>();
    private final AtomicReference<@Nullable Cache<CgroupProgramNode>> objects = new AtomicReference<>();

    /** As the API server answered to writes, until the watch has come as far. */
    private final Map<String, CgroupProgramNode> written = new ConcurrentHashMap<>();

    public void useChains(Cache<ChainObject> cache) {
        chains.set(cache);
    }

    public void useNodes(Cache<Node> cache) {
        nodes.set(cache);
    }

    public void useObjects(Cache<CgroupProgramNode> cache) {
        objects.set(cache);
    }

    public List<ChainObject> chains() {
        return all(chains);
    }

    public Optional<ChainObject> chain(String name) {
        return one(chains, name);
    }

    public List<Node> nodes() {
        return all(nodes);
    }

    public Optional<Node> node(String name) {
        return one(nodes, name);
    }

    /** The objects of the nodes. */
    public List<CgroupProgramNode> objects() {
        List<CgroupProgramNode> told = all(objects);
        return written.isEmpty()
                ? told
                : told.stream()
                        .map(o -> object(o.getMetadata().getName()).orElse(o))
                        .toList();
    }

    public Optional<CgroupProgramNode> object(String node) {
        Optional<CgroupProgramNode> told = one(objects, node);
        CgroupProgramNode answered = written.get(node);
        if (answered == null) {
            return told;
        }
        if (told.filter(t -> isBefore(t, answered)).isPresent()) {
            return Optional.of(answered);
        }
        written.remove(node, answered);
        return told;
    }

    /** This process wrote the object of a node, and this is what the API server answered. */
    public void wrote(CgroupProgramNode answer) {
        LeanStore.strip(answer);
        written.put(answer.getMetadata().getName(), answer);
    }

    /** Versions of one object compare as numbers (KEP-5504). */
    private static boolean isBefore(CgroupProgramNode object, CgroupProgramNode other) {
        return object.getMetadata().getUid().equals(other.getMetadata().getUid()) && version(object) < version(other);
    }

    private static long version(CgroupProgramNode object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private static <T extends HasMetadata> List<T> all(AtomicReference<@Nullable Cache<T>> cache) {
        return set(cache).list().toList();
    }

    private static <T extends HasMetadata> Optional<T> one(AtomicReference<@Nullable Cache<T>> cache, String name) {
        return set(cache).get(new ResourceID(name));
    }

    private static <T> Cache<T> set(AtomicReference<@Nullable Cache<T>> cache) {
        return Optional.ofNullable(cache.get())
                .orElseThrow(
                        () -> new IllegalStateException("a cache was asked before the reconcilers were registered"));
    }
}
