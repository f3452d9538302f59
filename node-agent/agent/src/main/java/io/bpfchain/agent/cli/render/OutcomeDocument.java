package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.EntryChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.crds.file.FileError;
import io.bpfchain.planner.EntryKey;
import java.util.List;
import java.util.Locale;

/** What came of a change, for machines. */
public final class OutcomeDocument {
    private OutcomeDocument() {}

    public static ObjectNode of(ApplyOutcome outcome) {
        return switch (outcome) {
            case ApplyOutcome.Done done -> {
                ObjectNode node = Nodes.object().put("outcome", "done");
                node.set("chains", Nodes.array(done.chains(), OutcomeDocument::chain));
                node.set("warnings", Nodes.messages(done.warnings()));
                yield node;
            }
            case ApplyOutcome.Refused refused -> {
                ObjectNode node = Nodes.object().put("outcome", "refused");
                node.set("problems", Nodes.array(refused.problems(), OutcomeDocument::problem));
                node.set("warnings", Nodes.messages(refused.warnings()));
                yield node;
            }
            case ApplyOutcome.Failed failed -> {
                ObjectNode node = Nodes.object().put("outcome", "failed");
                node.set("problems", Nodes.array(failed.problems(), OutcomeDocument::problem));
                node.set("hooks", Nodes.array(failed.hooks(), OutcomeDocument::hook));
                node.set("warnings", Nodes.messages(failed.warnings()));
                yield node;
            }
        };
    }

    /** Files that could not be read as chains. */
    public static ObjectNode ofInvalid(List<FileError> errors) {
        ObjectNode node = Nodes.object().put("outcome", "invalid");
        node.set(
                "errors",
                Nodes.array(
                        errors,
                        e -> Nodes.object()
                                .put("file", e.file())
                                .put("line", e.line())
                                .put("field", e.fieldPath())
                                .put("message", e.message())));
        return node;
    }

    static ObjectNode problem(Problem problem) {
        ObjectNode node = Nodes.object()
                .put("kind", kind(problem.kind()))
                .put("reason", problem.reason())
                .put("subject", problem.subject());
        problem.place()
                .ifPresent(p -> node.put("chain", p.chain())
                        .put("file", p.file())
                        .put("line", p.line())
                        .put("field", p.field()));
        return node.put("message", problem.message()).put("remedy", problem.remedy());
    }

    private static String kind(Problem.Kind kind) {
        return kind == Problem.Kind.NOT_PERMITTED ? "notPermitted" : kind.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode chain(ChainChange change) {
        ObjectNode node = Nodes.object()
                .put("chain", change.chain())
                .put("verb", change.verb())
                .put("revision", change.revision());
        change.rollback().ifPresent(r -> node.put("fromRevision", r.from()).put("toRevision", r.to()));
        node.set("hooks", Nodes.array(change.hooks(), OutcomeDocument::hook));
        node.set("maps", Nodes.array(change.maps(), OutcomeDocument::map));
        return node;
    }

    private static ObjectNode map(MapChange map) {
        ObjectNode node = Nodes.object()
                .put("object", map.object())
                .put("map", map.map())
                .put("change", map.fate().name().toLowerCase(Locale.ROOT));
        if (map.declared() > 0) {
            node.put("declared", map.declared());
        }
        node.set("entries", Nodes.array(map.entries(), OutcomeDocument::entry));
        node.set("notes", Nodes.messages(map.notes()));
        return node.put("message", map.text());
    }

    private static ObjectNode entry(EntryChange entry) {
        ObjectNode node = Nodes.object()
                .put("change", entry.old().isEmpty() ? "add" : entry.value().isEmpty() ? "remove" : "replace");
        node.set("key", Nodes.readable(entry.key()));
        entry.old().ifPresent(v -> node.set("old", Nodes.readable(v)));
        entry.value().ifPresent(v -> node.set("value", Nodes.readable(v)));
        return node;
    }

    private static ObjectNode hook(HookChange hook) {
        ObjectNode node = Nodes.object().put("cgroup", hook.cgroup()).put("attachType", hook.attachType());
        node.set("steps", Nodes.array(hook.steps(), OutcomeDocument::step));
        node.set("runs", Nodes.array(hook.runs(), Nodes::entry));
        return node;
    }

    private static ObjectNode step(StepLine step) {
        ObjectNode node = Nodes.object().put("action", step.action());
        node.set("entry", Nodes.entry(step.program()));
        step.old().ifPresent(old -> node.set("replaces", Nodes.entry(old)));
        step.position().ifPresent(position -> {
            ObjectNode at = Nodes.object().put("where", position.where());
            position.neighbour().ifPresent(n -> at.set("neighbour", Nodes.entry(n)));
            node.set("position", at);
        });
        ObjectNode guarantee = Nodes.object().put("hitless", step.holds().hitless());
        guarantee.set("missing", Nodes.array(step.holds().gaps(), OutcomeDocument::key));
        guarantee.set("runningTwice", Nodes.array(step.holds().overlaps(), OutcomeDocument::key));
        node.set("guarantee", guarantee.put("orderKept", step.holds().orderKept()));
        return node.put("loadedAgain", step.copy()).put("message", step.text());
    }

    private static ObjectNode key(EntryKey key) {
        return Nodes.object().put("chain", key.chain()).put("program", key.name());
    }
}
