package io.bpfchain.agent.fleet;

import java.util.Map;
import java.util.Objects;

/** A Node of the cluster, as far as chains are selected by it. */
public record FleetMachine(String name, Map<String, String> labels, boolean ready) {
    public FleetMachine {
        Objects.requireNonNull(name);
        labels = Map.copyOf(labels);
    }

    public boolean isSelectedBy(Map<String, String> selector) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
