package io.bpfchain.agent.commit;

import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryId;
import java.util.List;

/** The loaded and pinned programs that plans may bring in. */
@FunctionalInterface
public interface Programs {
    /** Every load of this version of this entry, the one that hooks share first. The kernel takes a program once in a list, so a second may be needed. */
    List<EntryId> loaded(DesiredEntry entry);
}
