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
import io.bpfchain.planner.PlannedStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans and their results in words. */
public final class HookChanges {
    private final Kernel kernel;
    private final Map<EntryId, String> names = new HashMap<>();
    private @Nullable Words latest;

    /**
     * What is said of a plan for a list. Hooks of one chain mostly have the same list and the same plan, so the words of the latest are
     * kept.
     *
     * @param confirmed lists of ids that are the list that the plan leads to
     */
    private record Words(
            List<Entry> observed,
            List<PlannedStep> plan,
            List<StepLine> steps,
            Afterwards after,
            Set<List<EntryId>> confirmed) {}

    public HookChanges(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What happens, or happened, at a hook. */
    public HookChange of(PlannedHook planned, Optional<HookResult> result) {
        Words words = words(planned);
        List<String> runs = switch (result.orElse(null)) {
            case null -> words.after().text();
            case HookResult.Gone _ -> List.of();
            case HookResult.Done done -> runs(words, done);
            case HookResult.Failed failed -> list(failed.hook());
        };
        return change(planned.desired().hook(), words.steps(), runs);
    }

    private Words words(PlannedHook planned) {
        List<Entry> observed = planned.observed().entries();
        List<PlannedStep> plan = planned.plan().steps();
        Words words = latest;
        if (words == null || !words.observed().equals(observed) || !words.plan().equals(plan)) {
            entries(observed);
            List<StepLine> steps = PlanText.lines(planned.plan(), planned.observed()).stream()
                    .map(l -> new StepLine(l.action(), l.entry(), l.detail(), l.guarantee()))
                    .toList();
            words = new Words(observed, plan, steps, Afterwards.of(planned), new HashSet<>());
            latest = words;
        }
        return words;
    }

    /** What a hook runs now. */
    public HookChange now(Hook hook) {
        return change(hook, List.of(), list(hook));
    }

    private static HookChange change(Hook hook, List<StepLine> steps, List<String> runs) {
        return new HookChange(hook.cgroup().path(), hook.attachType().bpftoolName(), steps, runs);
    }

    /** What was planned, where the list is that one; otherwise it was planned again on the way, and the hook is asked. */
    private List<String> runs(Words words, HookResult.Done done) {
        Afterwards expected = words.after();
        if (words.confirmed().contains(done.ids())) {
            return expected.text();
        }
        if (expected.fits(done.ids()) && known(expected, done.ids())) {
            words.confirmed().add(done.ids());
            return expected.text();
        }
        return list(done.hook());
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
