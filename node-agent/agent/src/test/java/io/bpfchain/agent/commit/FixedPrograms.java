package io.bpfchain.agent.commit;

import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryId;
import java.util.List;
import java.util.function.Function;

/** Programs that were all loaded before; where nobody moves them none is ever needed twice. */
public record FixedPrograms(Function<DesiredEntry, List<EntryId>> programs) implements Programs {
    @Override
    public List<EntryId> loaded(DesiredEntry entry) {
        return programs.apply(entry);
    }

    @Override
    public More another(DesiredEntry entry) {
        throw new AssertionError(entry + " is needed twice");
    }
}
