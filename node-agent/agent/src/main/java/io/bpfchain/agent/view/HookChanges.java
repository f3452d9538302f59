package io.bpfchain.agent.view;

import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.PlannedStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Plans and their results as they are shown. */
public final class HookChanges {
    private final Kernel kernel;
    private final Map<EntryId, ListedEntry> known = new HashMap<>();
    private @Nullable Shown latest;

    /**
     * How a plan for a list is shown. Hooks of one chain mostly have the same list and the same plan, so that of the latest is kept.
     *
     * @param confirmed lists of ids that are the list that the plan leads to
     */
    private record Shown(
            List<Entry> observed,
            List<PlannedStep> plan,
            List<StepLine> steps,
            Afterwards after,
            Map<List<EntryId>, List<ListedEntry>> confirmed) {}

    public HookChanges(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What happens, or happened, at a hook. */
    public HookChange of(PlannedHook planned, Optional<HookResult> result) {
        Hook hook = planned.desired().hook();
        Shown shown = shown(planned);
        return switch (result.orElse(null)) {
            case null -> change(hook, shown.steps(), shown.after().shown());
            case HookResult.Gone _ -> change(hook, List.of(), List.of());
            case HookResult.Done done
            when done.made().equals(List.of(planned)) -> change(hook, shown.steps(), runs(shown, done));
            case HookResult.Done done -> change(hook, steps(done.made()), list(hook));
            case HookResult.Failed failed -> change(hook, steps(failed.made()), list(hook));
        };
    }

    /** What was made is told, not what was planned at first: the guarantees may be others. */
    private static List<StepLine> steps(List<PlannedHook> made) {
        return made.stream().flatMap(m -> StepLines.of(m).stream()).toList();
    }

    private Shown shown(PlannedHook planned) {
        List<Entry> observed = planned.observed().entries();
        List<PlannedStep> plan = planned.plan().steps();
        Shown shown = latest;
        if (shown == null || !shown.observed().equals(observed) || !shown.plan().equals(plan)) {
            entries(observed);
            shown = new Shown(observed, plan, StepLines.of(planned), Afterwards.of(planned), new HashMap<>());
            latest = shown;
        }
        return shown;
    }

    /** The same with fewer steps: one plan may serve several chains, each of which shows its own steps. */
    public static HookChange only(HookChange change, Predicate<StepLine> steps) {
        return new HookChange(
                change.cgroup(),
                change.attachType(),
                change.steps().stream().filter(steps).toList(),
                change.runs());
    }

    /** What a hook runs now. */
    public HookChange now(Hook hook) {
        return change(hook, List.of(), list(hook));
    }

    private static HookChange change(Hook hook, List<StepLine> steps, List<ListedEntry> runs) {
        return new HookChange(hook.cgroup().path(), hook.attachType().bpftoolName(), steps, runs);
    }

    /** What was planned, where the list is that one; otherwise it was planned again on the way, and the hook is asked. */
    private List<ListedEntry> runs(Shown shown, HookResult.Done done) {
        List<ListedEntry> confirmed = shown.confirmed().get(done.ids());
        if (confirmed != null) {
            return confirmed;
        }
        if (shown.after().fits(done.ids())) {
            List<ListedEntry> expected = shown.after().shown(done.ids());
            if (isKnown(expected, done.ids())) {
                shown.confirmed().put(done.ids(), expected);
                return expected;
            }
        }
        return list(done.hook());
    }

    /** Whether every id of the list is what the plan calls it; an id that was never seen is asked for once. */
    private boolean isKnown(List<ListedEntry> expected, List<EntryId> ids) {
        for (int i = 0; i < ids.size(); i++) {
            if (!expected.get(i).equals(known.getOrDefault(ids.get(i), expected.get(i)))) {
                return false;
            }
        }
        return known.keySet().containsAll(ids);
    }

    private List<ListedEntry> list(Hook hook) {
        return switch (kernel.observe(hook)) {
            case Kernel.Observation.Seen seen -> entries(seen.hook().entries());
            case Kernel.Observation.Failed failed ->
                List.of(new ListedEntry.Unreadable(failed.error().name()));
        };
    }

    private List<ListedEntry> entries(List<Entry> entries) {
        List<ListedEntry> runs = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            runs.add(known.computeIfAbsent(entry.id(), id -> Listed.of(entry)));
        }
        return runs;
    }
}
