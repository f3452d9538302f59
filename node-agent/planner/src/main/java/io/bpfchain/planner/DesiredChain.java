package io.bpfchain.planner;

import java.util.List;
import java.util.Objects;

/**
 * The entries of one chain at a hook, in order.
 *
 * @param priority ascending: a smaller number runs earlier; ties are broken by name
 * @param entries not empty; every key belongs to this chain and occurs once
 */
public record DesiredChain(String name, int priority, OnUnsafe onUnsafe, List<DesiredEntry> entries) {
    public DesiredChain {
        Objects.requireNonNull(name);
        Objects.requireNonNull(onUnsafe);
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(
                    "chain " + name + " has no entries; a chain that goes is retired, not emptied");
        }
        if (entries.stream().anyMatch(e -> !e.key().chain().equals(name))) {
            throw new IllegalArgumentException("chain " + name + " lists an entry of another chain");
        }
        if (entries.stream().map(DesiredEntry::key).distinct().count() != entries.size()) {
            throw new IllegalArgumentException("chain " + name + " lists an entry twice");
        }
    }
}
