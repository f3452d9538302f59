package io.bpfchain.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A cache of cluster-scoped objects that a test fills. */
public final class InMemoryCache<T extends HasMetadata> implements Cache<T> {
    private final Map<String, T> byName = new TreeMap<>();

    public void put(T object) {
        byName.put(object.getMetadata().getName(), object);
    }

    public void remove(String name) {
        byName.remove(name);
    }

    @Override
    public Optional<T> get(ResourceID id) {
        return Optional.ofNullable(byName.get(id.getName()));
    }

    @Override
    public Stream<ResourceID> keys() {
        return byName.keySet().stream().map(ResourceID::new);
    }

    @Override
    public Stream<T> list(Predicate<T> predicate) {
        return byName.values().stream().filter(predicate);
    }
}
