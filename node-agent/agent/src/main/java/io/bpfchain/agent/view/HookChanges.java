package io.bpfchain.agent.view;

import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.EntryRef;
import io.bpfchain.planner.Guarantee;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Owner;
import io.bpfchain.planner.PlannedStep;
import io.bpfchain.planner.Position;
import io.bpfchain.planner.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Plans and their results in words. Hooks of equal shape have equal words, which are made once. */
public final class HookChanges {
    private final Kernel kernel;
    private final Map<EntryId, String> names = new HashMap<>();

    public HookChanges(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What happens, or happened, at a hook. */
    public HookChange of(PlannedHook planned, Optional<HookResult> result) {
        List<StepLine> steps =
                planned.plan().steps().stream().map(s -> line(s, planned)).toList();
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

    private static StepLine line(PlannedStep planned, PlannedHook hook) {
        String guarantee = words(planned.guarantee());
        return switch (planned.step()) {
            case Step.Attach attach ->
                new StepLine(
                        "attach",
                        attach.entry().key().toString(),
                        attach.entry().version() + ", " + words(attach.at(), hook),
                        guarantee);
            case Step.Replace replace -> {
                Optional<Owner.Ours> old = ours(replace.old(), hook);
                String from = old.filter(o -> o.key().equals(replace.by().key()))
                        .map(o -> o.version().toString())
                        .orElseGet(() -> words(replace.old(), hook));
                yield new StepLine(
                        "replace",
                        replace.by().key().toString(),
                        from + " -> " + replace.by().version(),
                        guarantee);
            }
            case Step.Detach detach -> new StepLine("detach", words(detach.entry(), hook), "", guarantee);
        };
    }

    private static String words(Position position, PlannedHook hook) {
        return switch (position) {
            case Position.Tail _ -> "at the end";
            case Position.Before before -> "before " + words(before.anchor(), hook);
            case Position.After after -> "after " + words(after.anchor(), hook);
        };
    }

    private static String words(EntryRef ref, PlannedHook hook) {
        return switch (ref) {
            case EntryRef.Planned(EntryKey key) -> key.toString();
            case EntryRef.Observed(EntryId id) ->
                ours(ref, hook).map(o -> o.key().toString()).orElse("program " + id);
        };
    }

    private static Optional<Owner.Ours> ours(EntryRef ref, PlannedHook hook) {
        return ref instanceof EntryRef.Observed(EntryId id)
                ? hook.observed().entries().stream()
                        .filter(e -> e.id().equals(id))
                        .map(Entry::owner)
                        .filter(Owner.Ours.class::isInstance)
                        .map(Owner.Ours.class::cast)
                        .findFirst()
                : Optional.empty();
    }

    private static String words(Guarantee guarantee) {
        if (guarantee.hitless()) {
            return "hitless";
        }
        List<String> broken = new ArrayList<>();
        if (!guarantee.gaps().isEmpty()) {
            broken.add("gap: " + keys(guarantee.gaps()));
        }
        if (!guarantee.overlaps().isEmpty()) {
            broken.add("runs twice: " + keys(guarantee.overlaps()));
        }
        if (!guarantee.orderKept()) {
            broken.add("order changes");
        }
        return String.join("; ", broken);
    }

    private static String keys(List<EntryKey> keys) {
        return keys.stream().map(EntryKey::toString).collect(Collectors.joining(", "));
    }
}
