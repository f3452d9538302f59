package io.bpfchain.agent.commit;

import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.Hook;
import java.util.Collection;
import java.util.List;

/**
 * What one chain wants of the machine's hooks.
 *
 * @param hooks where it shall run
 * @param leaving where it shall be taken out
 */
public record Wanted(DesiredChain chain, List<Hook> hooks, List<Hook> leaving) {
    public Wanted {
        hooks = List.copyOf(hooks);
        leaving = List.copyOf(leaving);
    }

    /** What a chain's journal says. */
    public static Wanted of(Journal journal) {
        List<Hook> hooks = hooks(journal.hooks());
        List<Hook> leaving = hooks(journal.leaving());
        return journal.retired()
                ? new Wanted(journal.desired(), List.of(), union(hooks, leaving))
                : new Wanted(journal.desired(), hooks, leaving);
    }

    /** Every hook that it names. */
    public List<Hook> all() {
        return union(hooks, leaving);
    }

    private static List<Hook> hooks(Collection<JournalHook> hooks) {
        return hooks.stream().map(JournalHook::hook).toList();
    }

    private static List<Hook> union(List<Hook> first, List<Hook> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() ? second : first;
        }
        return java.util.stream.Stream.concat(first.stream(), second.stream())
                .distinct()
                .toList();
    }
}
