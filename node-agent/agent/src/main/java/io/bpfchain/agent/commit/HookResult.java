package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import java.util.List;

/** What came of carrying out one hook's plan. */
public sealed interface HookResult {
    Hook hook();

    /**
     * The hook runs what is wanted.
     *
     * @param ids its list
     * @param made the plan; where the hook was planned again on the way, those steps of each plan that were made
     */
    record Done(Hook hook, List<EntryId> ids, List<PlannedHook> made) implements HookResult {
        public Done {
            ids = List.copyOf(ids);
            made = List.copyOf(made);
        }
    }

    /** The cgroup was removed meanwhile. */
    record Gone(Hook hook) implements HookResult {}

    /**
     * The hook could not be brought to what is wanted.
     *
     * @param made the steps that were made
     */
    record Failed(Hook hook, Problem problem, List<PlannedHook> made) implements HookResult {
        public Failed {
            made = List.copyOf(made);
        }
    }
}
