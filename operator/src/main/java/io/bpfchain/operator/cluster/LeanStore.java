package io.bpfchain.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An informer's store of objects without what nobody here reads, and what is most of them: who manages which field, and a Node's list of
 * images. An object is made lean before anybody else sees it.
 */
public final class LeanStore<T extends HasMetadata> extends BasicItemStore<T> {
    private final Consumer<T> more;

    private LeanStore(Consumer<T> more) {
        super(Cache::metaNamespaceKeyFunc);
        this.more = more;
    }

    /** For objects of ours. */
    public static <T extends HasMetadata> LeanStore<T> ofObjects() {
        return new LeanStore<>(o -> {});
    }

    public static LeanStore<Node> ofNodes() {
        return new LeanStore<>(n -> Optional.ofNullable(n.getStatus()).ifPresent(s -> s.setImages(List.of())));
    }

    @Override
    public @Nullable T put(String key, T object) {
        strip(object);
        more.accept(object);
        return super.put(key, object);
    }

    /** Takes out who manages which field. */
    static void strip(HasMetadata object) {
        object.getMetadata().setManagedFields(List.of());
    }
}
