package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryId;
import java.util.List;
import java.util.Objects;

/** The loaded and pinned programs that plans may bring in. */
public interface Programs {
    /**
     * Every load of this version of this entry, the one that hooks share first. The kernel takes a program once in a list, so a second
     * may be needed.
     */
    List<EntryId> loaded(DesiredEntry entry);

    /**
     * Loads this version of this entry once more, over the maps of the load that is there: for a plan that needs one more than was
     * foreseen, because somebody else changed the list meanwhile. From then on {@link #loaded} names it too.
     */
    More another(DesiredEntry entry);

    /** What came of loading once more. */
    sealed interface More {
        /** It is pinned and may be attached. */
        record Loaded(EntryId program) implements More {
            public Loaded {
                Objects.requireNonNull(program);
            }
        }

        /** It could not be, or not without giving it other maps than the load that runs. */
        record Refused(Problem problem) implements More {
            public Refused {
                Objects.requireNonNull(problem);
            }
        }
    }
}
