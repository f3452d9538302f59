package io.bpfchain.agent.view;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.EntryRef;
import io.bpfchain.planner.Load;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.PlanText;
import io.bpfchain.planner.PlannedStep;
import io.bpfchain.planner.Position;
import io.bpfchain.planner.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of one plan as they are shown. */
final class StepLines {
    private final ObservedHook observed;

    /** What earlier steps brought in. */
    private final Map<EntryKey, ListedEntry> planned = new HashMap<>();

    private StepLines(ObservedHook observed) {
        this.observed = observed;
    }

    static List<StepLine> of(PlannedHook hook) {
        StepLines lines = new StepLines(hook.observed());
        return hook.plan().steps().stream().map(lines::line).toList();
    }

    private StepLine line(PlannedStep step) {
        PlanText.Line words = PlanText.line(step, observed);
        return switch (step.step()) {
            case Step.Attach attach -> {
                ApplyOutcome.Position position = position(attach.at());
                ListedEntry.Ours entry = Listed.planned(attach.entry());
                planned.put(attach.entry().key(), entry);
                yield line(step, words, entry, Optional.empty(), Optional.of(position), attach.load());
            }
            case Step.Replace replace -> {
                ListedEntry old = entry(replace.old());
                ListedEntry.Ours entry = Listed.planned(replace.by());
                planned.put(replace.by().key(), entry);
                yield line(step, words, entry, Optional.of(old), Optional.empty(), replace.load());
            }
            case Step.Detach detach -> {
                if (!(entry(detach.entry()) instanceof ListedEntry.Ours entry)) {
                    throw new IllegalStateException("a plan takes out " + detach.entry() + ", which is not ours");
                }
                yield line(step, words, entry, Optional.empty(), Optional.empty(), Load.SHARED);
            }
        };
    }

    private static StepLine line(
            PlannedStep step,
            PlanText.Line words,
            ListedEntry.Ours entry,
            Optional<ListedEntry> old,
            Optional<ApplyOutcome.Position> position,
            Load load) {
        return new StepLine(words.action(), entry, old, position, load == Load.COPY, step.guarantee(), words.detail());
    }

    private ApplyOutcome.Position position(Position position) {
        return switch (position) {
            case Position.Tail() -> new ApplyOutcome.Position("end", Optional.empty());
            case Position.Before(EntryRef anchor) -> new ApplyOutcome.Position("before", Optional.of(entry(anchor)));
            case Position.After(EntryRef anchor) -> new ApplyOutcome.Position("after", Optional.of(entry(anchor)));
        };
    }

    private ListedEntry entry(EntryRef ref) {
        return switch (ref) {
            case EntryRef.Observed(var id) ->
                observed.entries().stream()
                        .filter(e -> e.id().equals(id))
                        .findFirst()
                        .map(Listed::of)
                        .orElseThrow(() -> new IllegalArgumentException("a step names program " + id
                                + ", which is not in the list that the plan was made for: " + observed.hook()));
            case EntryRef.Planned(EntryKey key) ->
                Optional.ofNullable(planned.get(key))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a step names " + key + ", which no earlier step brings in: " + observed.hook()));
        };
    }
}
