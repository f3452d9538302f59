package io.bpfchain.agent.cluster.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An informer's store that keeps of its objects only the metadata: a pod's spec and status are many times as long. */
final class Slim<T extends HasMetadata> extends BasicItemStore<T> {
    private final Supplier<T> empty;

    /**
     * Keeps nothing yet.
     *
     * @param empty makes an object without anything
     */
    Slim(Supplier<T> empty) {
        super(Cache::metaNamespaceKeyFunc);
        this.empty = empty;
    }

    @Override
    public @Nullable T put(String key, T object) {
        T slim = empty.get();
        slim.setMetadata(object.getMetadata());
        return super.put(key, slim);
    }
}
