package io.bpfchain.agent.view;

import io.bpfchain.agent.ListedEntry;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Owner;
import java.util.OptionalInt;

/** Entries of the planner as they are shown. */
final class Listed {
    private Listed() {}

    static ListedEntry of(Entry entry) {
        return switch (entry.owner()) {
            case Owner.Ours ours ->
                new ListedEntry.Ours(
                        ours.key().chain(),
                        ours.key().name(),
                        ours.version().digest(),
                        OptionalInt.of(entry.id().programId()));
            case Owner.Foreign _ -> new ListedEntry.Foreign(entry.id().programId(), entry.programName());
        };
    }

    static ListedEntry.Ours planned(DesiredEntry entry) {
        return new ListedEntry.Ours(
                entry.key().chain(), entry.key().name(), entry.version().digest(), OptionalInt.empty());
    }

    /** An entry that was planned, once it is in the list. */
    static ListedEntry loaded(ListedEntry entry, EntryId id) {
        return entry instanceof ListedEntry.Ours ours
                ? new ListedEntry.Ours(ours.chain(), ours.program(), ours.version(), OptionalInt.of(id.programId()))
                : entry;
    }
}
