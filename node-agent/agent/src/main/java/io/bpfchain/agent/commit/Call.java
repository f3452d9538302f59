package io.bpfchain.agent.commit;

import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Kernel;
import java.util.ArrayList;
import java.util.List;

/** A step with its kernel ids, and what it makes of a list. */
sealed interface Call {
    /** The list after the call; empty where the list does not hold what the call names. */
    List<EntryId> applyTo(List<EntryId> list);

    record Attach(EntryId program, Kernel.Place place) implements Call {
        @Override
        public List<EntryId> applyTo(List<EntryId> list) {
            int at = switch (place) {
                case Kernel.Place.Tail() -> list.size();
                case Kernel.Place.Before(EntryId anchor) -> list.indexOf(anchor);
                case Kernel.Place.After(EntryId anchor) -> {
                    int index = list.indexOf(anchor);
                    yield index < 0 ? -1 : index + 1;
                }
            };
            if (at < 0) {
                return List.of();
            }
            List<EntryId> after = new ArrayList<>(list.size() + 1);
            after.addAll(list);
            after.add(at, program);
            return after;
        }
    }

    record Replace(EntryId old, EntryId by) implements Call {
        @Override
        public List<EntryId> applyTo(List<EntryId> list) {
            int at = list.indexOf(old);
            if (at < 0) {
                return List.of();
            }
            List<EntryId> after = new ArrayList<>(list);
            after.set(at, by);
            return after;
        }
    }

    record Detach(EntryId program) implements Call {
        @Override
        public List<EntryId> applyTo(List<EntryId> list) {
            List<EntryId> after = new ArrayList<>(list);
            after.remove(program);
            return after;
        }
    }
}
