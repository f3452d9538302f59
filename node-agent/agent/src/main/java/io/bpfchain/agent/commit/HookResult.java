package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import java.util.List;

/** What came of carrying out one hook's plan. */
public sealed interface HookResult {
    Hook hook();

    /** The hook runs what is wanted; {@code ids} is its list. */
    record Done(Hook hook, List<EntryId> ids) implements HookResult {
        public Done {
            ids = List.copyOf(ids);
        }
    }

    /** The cgroup was removed meanwhile. */
    record Gone(Hook hook) implements HookResult {}

    /** The hook could not be brought to what is wanted. */
    record Failed(Hook hook, Problem problem) implements HookResult {}
}
