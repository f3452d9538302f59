package io.bpfchain.agent.cli.render;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.EntryChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.cli.render.Paint.Tone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a change, for people.
 *
 * @param paint whether in colour
 * @param everyHook whether to list every hook and entry; otherwise hooks at which the same happens are shown once, and only the first
 *     entries of a map that change
 */
public record OutcomeText(Paint paint, boolean everyHook) {
    /** The name that kubectl prints for a chain. */
    public static final String RESOURCE = "cgroupprogramchain.bpfchain.io/";

    /** So many changed entries of a map are listed unless all are asked for. */
    private static final int MOST_ENTRIES = 10;

    /** Whether a change is still to be made. */
    public enum Tense {
        PLANNED,
        MADE;

        private String of(String verb) {
            return this == MADE || verb.equals("unchanged") ? verb : "would be " + verb;
        }
    }

    /**
     * One line for each chain, as kubectl prints them.
     *
     * @param note stands behind each line, for example {@code (dry run)}; may be empty
     */
    public String summary(ApplyOutcome.Done done, String note) {
        StringBuilder text = new StringBuilder();
        for (ChainChange chain : done.chains()) {
            text.append(RESOURCE)
                    .append(chain.chain())
                    .append(' ')
                    .append(paint.paint(tone(chain.verb()), chain.verb()))
                    .append(rollback(chain));
            if (!note.isEmpty()) {
                text.append(' ').append(note);
            }
            text.append('\n');
        }
        return text.append(unsafe(done, note.isEmpty() ? Tense.MADE : Tense.PLANNED))
                .toString();
    }

    /** Which revisions a rollback is about; nothing of other changes. */
    private static String rollback(ChainChange chain) {
        return chain.rollback()
                .map(r -> switch (chain.verb()) {
                    case "rolled back" ->
                        " from revision " + r.from() + " to revision " + r.to() + ", now revision " + chain.revision();
                    case "created" -> " from revision " + r.to() + ", now revision " + chain.revision();
                    default ->
                        r.to() == r.from()
                                ? ": it is at revision " + r.to()
                                : ": revision " + r.from() + " is the same as revision " + r.to();
                })
                .orElse("");
    }

    /** A line that says so where not every step is hitless. */
    private static String unsafe(ApplyOutcome.Done done, Tense tense) {
        List<StepLine> steps = done.chains().stream()
                .flatMap(c -> c.hooks().stream())
                .flatMap(h -> h.steps().stream())
                .toList();
        long unsafe = steps.stream().filter(s -> !s.holds().hitless()).count();
        return unsafe == 0
                ? ""
                : unsafe + " of " + Words.count(steps.size(), "step") + (tense == Tense.MADE ? " not" : " would not be")
                        + " hitless; -v lists them.\n";
    }

    /** A readable difference between the kernel and what is asked for: every step with its guarantee. */
    public String diff(ApplyOutcome.Done done, Tense tense) {
        StringBuilder text = new StringBuilder();
        for (ChainChange chain : done.chains()) {
            text.append(paint.paint(Tone.STRONG, RESOURCE + chain.chain())).append(' ');
            text.append(paint.paint(tone(chain.verb()), tense.of(chain.verb())));
            if (chain.rollback().isPresent()) {
                text.append(rollback(chain));
            } else if (chain.revision() > 0) {
                text.append(" (revision ").append(chain.revision()).append(')');
            }
            text.append('\n');
            groups(chain.hooks()).forEach(g -> appendHook(text, g));
            chain.maps().forEach(m -> appendMap(text, m));
        }
        return text.append(total(done, tense)).append('\n').toString();
    }

    /** What each hook runs now. */
    public String runsNow(List<HookChange> hooks) {
        StringBuilder text = new StringBuilder();
        for (List<HookChange> group : groups(hooks)) {
            text.append("  ").append(where(group)).append(" runs now:\n");
            appendRuns(text, group.getFirst().runs());
        }
        return text.toString();
    }

    private void appendHook(StringBuilder text, List<HookChange> group) {
        HookChange hook = group.getFirst();
        if (hook.steps().isEmpty()) {
            return;
        }
        text.append("  ").append(where(group)).append('\n');
        Table table = Table.withoutHeader();
        for (StepLine step : hook.steps()) {
            Tone tone = actionTone(step.action());
            table.add(
                    new Table.Cell(sign(step.action()) + " " + step.action(), tone),
                    Table.Cell.of(step.entry()),
                    Table.Cell.of(step.detail()),
                    new Table.Cell(step.guarantee(), step.holds().hitless() ? Tone.GOOD : Tone.BAD));
        }
        text.append(table.text("    ", paint));
        text.append("    afterwards:\n");
        appendRuns(text, hook.runs());
    }

    private void appendMap(StringBuilder text, MapChange map) {
        text.append("  ").append(map.text()).append('\n');
        int shown = everyHook ? map.entries().size() : Math.min(map.entries().size(), MOST_ENTRIES);
        for (EntryChange entry : map.entries().subList(0, shown)) {
            Tone tone = entry.old().isEmpty() ? Tone.GOOD : entry.value().isEmpty() ? Tone.BAD : Tone.NOTICE;
            text.append("    ").append(paint.paint(tone, entry(entry))).append('\n');
        }
        if (shown < map.entries().size()) {
            text.append("    and ").append(map.entries().size() - shown).append(" more (-o wide lists them)\n");
        }
        map.notes().forEach(n -> text.append("    ").append(n).append('\n'));
    }

    private static String entry(EntryChange entry) {
        String key = Markup.value(entry.key());
        if (entry.old().isEmpty()) {
            return "+ " + key + entry.value().map(v -> " = " + Markup.value(v)).orElse("");
        }
        String old = Markup.value(entry.old().get());
        return entry.value()
                .map(v -> "~ " + key + ": " + old + " -> " + Markup.value(v))
                .orElse("- " + key + " = " + old);
    }

    private static void appendRuns(StringBuilder text, List<ListedEntry> runs) {
        if (runs.isEmpty()) {
            text.append("      nothing\n");
        }
        for (int i = 0; i < runs.size(); i++) {
            text.append("      ").append(i + 1).append(". ").append(runs.get(i)).append('\n');
        }
    }

    private static String where(List<HookChange> group) {
        HookChange first = group.getFirst();
        return first.cgroup() + " [" + first.attachType() + "]"
                + (group.size() == 1
                        ? ""
                        : " and the same at " + Words.count(group.size() - 1, "more cgroup") + " (-o wide lists them)");
    }

    private List<List<HookChange>> groups(List<HookChange> hooks) {
        Map<Object, List<HookChange>> groups = new LinkedHashMap<>();
        for (HookChange hook : hooks) {
            Object key = everyHook ? hook : List.of(hook.attachType(), hook.steps(), hook.runs());
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(hook);
        }
        return List.copyOf(groups.values());
    }

    private static String total(ApplyOutcome.Done done, Tense tense) {
        long unchanged =
                done.chains().stream().filter(c -> c.verb().equals("unchanged")).count();
        List<HookChange> hooks = done.chains().stream()
                .flatMap(c -> c.hooks().stream())
                .filter(h -> !h.steps().isEmpty())
                .toList();
        long places = hooks.stream()
                .map(h -> List.of(h.cgroup(), h.attachType()))
                .distinct()
                .count();
        List<StepLine> steps = hooks.stream().flatMap(h -> h.steps().stream()).toList();
        long unsafe = steps.stream().filter(s -> !s.holds().hitless()).count();
        return (tense == Tense.MADE ? "Done: " : "Plan: ")
                + Words.count(done.chains().size() - unchanged, "chain")
                + (tense == Tense.MADE ? " changed, " : " to change, ") + unchanged
                + " unchanged; " + Words.count(steps.size(), "step") + " at " + Words.count(places, "hook")
                + (steps.isEmpty() ? "" : unsafe == 0 ? ", all hitless" : ", " + unsafe + " not hitless") + ".";
    }

    private static String sign(String action) {
        return switch (action) {
            case "attach" -> "+";
            case "detach" -> "-";
            default -> "~";
        };
    }

    private static Tone actionTone(String action) {
        return switch (action) {
            case "attach" -> Tone.GOOD;
            case "detach" -> Tone.BAD;
            default -> Tone.NOTICE;
        };
    }

    private static Tone tone(String verb) {
        return switch (verb) {
            case "created" -> Tone.GOOD;
            case "configured", "rolled back" -> Tone.NOTICE;
            case "deleted" -> Tone.BAD;
            default -> Tone.FAINT;
        };
    }
}
