package io.bpfchain.agent.cli.render;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.cli.render.Paint.Tone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a change, for people.
 *
 * @param paint whether in colour
 * @param everyHook whether to list every hook; otherwise hooks at which the same happens are shown once
 */
public record OutcomeText(Paint paint, boolean everyHook) {
    /** The name that kubectl prints for a chain. */
    public static final String RESOURCE = "cgroupprogramchain.bpfchain.io/";

    private static final String HITLESS = "hitless";

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
                    .append(paint.paint(tone(chain.verb()), chain.verb()));
            if (!note.isEmpty()) {
                text.append(' ').append(note);
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** A readable difference between the kernel and what is asked for: every step with its guarantee. */
    public String diff(ApplyOutcome.Done done, Tense tense) {
        StringBuilder text = new StringBuilder();
        for (ChainChange chain : done.chains()) {
            text.append(paint.paint(Tone.STRONG, RESOURCE + chain.chain())).append(' ');
            text.append(paint.paint(tone(chain.verb()), tense.of(chain.verb())));
            if (chain.revision() > 0) {
                text.append(" (revision ").append(chain.revision()).append(')');
            }
            text.append('\n');
            groups(chain.hooks()).forEach(g -> appendHook(text, g));
            chain.mapChanges().forEach(m -> text.append("  ").append(m).append('\n'));
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
                    new Table.Cell(step.guarantee(), step.guarantee().equals(HITLESS) ? Tone.GOOD : Tone.BAD));
        }
        text.append(table.text("    ", paint));
        text.append("    afterwards:\n");
        appendRuns(text, hook.runs());
    }

    private static void appendRuns(StringBuilder text, List<String> runs) {
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
                .distinct() // chains that share a hook are changed by one plan, which each of them shows
                .toList();
        List<StepLine> steps = hooks.stream().flatMap(h -> h.steps().stream()).toList();
        long unsafe = steps.stream().filter(s -> !s.guarantee().equals(HITLESS)).count();
        return (tense == Tense.MADE ? "Done: " : "Plan: ")
                + Words.count(done.chains().size() - unchanged, "chain")
                + (tense == Tense.MADE ? " changed, " : " to change, ") + unchanged
                + " unchanged; " + Words.count(steps.size(), "step") + " at " + Words.count(hooks.size(), "hook")
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
            case "configured" -> Tone.NOTICE;
            case "deleted" -> Tone.BAD;
            default -> Tone.FAINT;
        };
    }
}
