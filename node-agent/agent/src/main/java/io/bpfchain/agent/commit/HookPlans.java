package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.PlanResult;
import io.bpfchain.planner.Planner;
import java.util.ArrayList;
import java.util.List;

/**
 * All hooks of a change, looked at and planned before any of them is touched.
 *
 * @param planned hooks that can be brought to what is wanted
 * @param gone hooks whose cgroup is not there any more
 * @param problems what stands in the way; when there is one, nothing may be changed
 */
public record HookPlans(List<PlannedHook> planned, List<Hook> gone, List<Problem> problems) {
    public HookPlans {
        planned = List.copyOf(planned);
        gone = List.copyOf(gone);
        problems = List.copyOf(problems);
    }

    /** Observes and plans. */
    public static HookPlans of(List<DesiredHook> desired, Kernel kernel, Planner planner, Capabilities capabilities) {
        List<Planner.Task> tasks = new ArrayList<>(desired.size());
        List<Hook> gone = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<Kernel.Observation> observations =
                kernel.observeAll(desired.stream().map(DesiredHook::hook).toList());
        for (int i = 0; i < desired.size(); i++) {
            DesiredHook hook = desired.get(i);
            switch (observations.get(i)) {
                case Kernel.Observation.Seen seen -> tasks.add(new Planner.Task(seen.hook(), hook));
                case Kernel.Observation.Failed failed when Executor.gone(failed.error()) -> gone.add(hook.hook());
                case Kernel.Observation.Failed failed -> problems.add(Problems.observe(hook.hook(), failed.error()));
            }
        }
        List<PlannedHook> planned = new ArrayList<>(tasks.size());
        List<PlanResult> results = planner.planAll(tasks, capabilities);
        for (int i = 0; i < tasks.size(); i++) {
            switch (results.get(i)) {
                case PlanResult.Plan plan ->
                    planned.add(new PlannedHook(
                            tasks.get(i).observed(), tasks.get(i).desired(), plan));
                case PlanResult.Refusal refusal -> problems.add(Problems.refused(refusal));
            }
        }
        return new HookPlans(planned, gone, problems);
    }

    /** Whether no hook needs a step. */
    public boolean nothingToDo() {
        return planned.stream().allMatch(p -> p.plan().steps().isEmpty());
    }
}
