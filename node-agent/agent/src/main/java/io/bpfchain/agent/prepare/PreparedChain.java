package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalObject;
import java.util.List;
import java.util.Objects;

/**
 * A chain of which everything is loaded and pinned.
 *
 * @param copies instances that hold a program a second time
 */
public record PreparedChain(
        ResolvedChain chain, List<JournalEntry> entries, List<JournalObject> objects, List<String> copies) {
    public PreparedChain {
        Objects.requireNonNull(chain);
        entries = List.copyOf(entries);
        objects = List.copyOf(objects);
        copies = List.copyOf(copies);
    }
}
