package io.bpfchain.agent.view;

import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.PlanText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans and their results in words. */
public final class HookChanges {
    private final Kernel kernel;
    private final Map<EntryId, String> names = new HashMap<>();

    public HookChanges(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What happens, or happened, at a hook. */
    public HookChange of(PlannedHook planned, Optional<HookResult> result) {
        List<StepLine> steps = PlanText.lines(planned.plan(), planned.observed()).stream()
                .map(l -> new StepLine(l.action(), l.entry(), l.detail(), l.guarantee()))
                .toList();
        List<String> runs = switch (result.orElse(null)) {
            case null -> entries(planned.observed().entries());
            case HookResult.Gone _ -> List.of();
            case HookResult.Done done ->
                steps.isEmpty()
                        ? entries(planned.observed().entries())
                        : now(planned.desired().hook(), done.ids());
            case HookResult.Failed failed -> list(failed.hook());
        };
        return change(planned.desired().hook(), steps, runs);
    }

    /** What a hook runs now. */
    public HookChange now(Hook hook) {
        return change(hook, List.of(), list(hook));
    }

    private static HookChange change(Hook hook, List<StepLine> steps, List<String> runs) {
        return new HookChange(hook.cgroup().path(), hook.attachType().bpftoolName(), steps, runs);
    }

    private List<String> now(Hook hook, List<EntryId> ids) {
        return ids.stream().allMatch(names::containsKey)
                ? ids.stream().map(names::get).toList()
                : list(hook);
    }

    private List<String> list(Hook hook) {
        return switch (kernel.observe(hook)) {
            case Kernel.Observation.Seen seen -> entries(seen.hook().entries());
            case Kernel.Observation.Failed failed ->
                List.of("(cannot be read: " + failed.error().name() + ")");
        };
    }

    private List<String> entries(List<Entry> entries) {
        List<String> runs = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            runs.add(names.computeIfAbsent(entry.id(), id -> entry.toString()));
        }
        return runs;
    }
}
