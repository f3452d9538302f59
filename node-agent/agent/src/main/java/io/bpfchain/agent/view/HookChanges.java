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
        entries(planned.observed().entries());
        List<StepLine> steps = PlanText.lines(planned.plan(), planned.observed()).stream()
                .map(l -> new StepLine(l.action(), l.entry(), l.detail(), l.guarantee()))
                .toList();
        List<String> runs = switch (result.orElse(null)) {
            case null -> Afterwards.of(planned).text();
            case HookResult.Gone _ -> List.of();
            case HookResult.Done done -> runs(planned, done);
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

    /** What was planned, where the list is that one; otherwise it was planned again on the way, and the hook is asked. */
    private List<String> runs(PlannedHook planned, HookResult.Done done) {
        Afterwards expected = Afterwards.of(planned);
        return expected.fits(done.ids()) && known(expected, done.ids())
                ? expected.text()
                : list(planned.desired().hook());
    }

    /** Whether every id of the list is what the plan calls it; an id that was never seen is asked for once. */
    private boolean known(Afterwards expected, List<EntryId> ids) {
        for (int i = 0; i < ids.size(); i++) {
            String text = expected.items().get(i).text();
            if (!text.equals(names.getOrDefault(ids.get(i), text))) {
                return false;
            }
        }
        return names.keySet().containsAll(ids);
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
