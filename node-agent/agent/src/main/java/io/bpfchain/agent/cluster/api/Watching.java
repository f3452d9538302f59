package io.bpfchain.agent.cluster.api;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.function.Consumer;

/** Hands on what an informer tells: an object that is there, or one that was deleted. */
record Watching<T>(Consumer<T> there, Consumer<T> gone) implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
        there.accept(object);
    }

    @Override
    public void onUpdate(T before, T object) {
        there.accept(object);
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
        gone.accept(object);
    }
}
