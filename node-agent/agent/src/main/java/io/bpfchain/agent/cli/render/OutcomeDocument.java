package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.crds.file.FileError;
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
                node.set("warnings", Nodes.strings(done.warnings()));
                yield node;
            }
            case ApplyOutcome.Refused refused -> {
                ObjectNode node = Nodes.object().put("outcome", "refused");
                node.set("problems", Nodes.array(refused.problems(), OutcomeDocument::problem));
                yield node;
            }
            case ApplyOutcome.Failed failed -> {
                ObjectNode node = Nodes.object().put("outcome", "failed");
                node.set("problems", Nodes.array(failed.problems(), OutcomeDocument::problem));
                node.set("hooks", Nodes.array(failed.hooks(), OutcomeDocument::hook));
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
        return Nodes.object()
                .put("kind", kind(problem.kind()))
                .put("reason", problem.reason())
                .put("subject", problem.subject())
                .put("message", problem.message())
                .put("remedy", problem.remedy());
    }

    private static String kind(Problem.Kind kind) {
        return kind == Problem.Kind.NOT_PERMITTED ? "notPermitted" : kind.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode chain(ChainChange change) {
        ObjectNode node = Nodes.object()
                .put("chain", change.chain())
                .put("verb", change.verb())
                .put("revision", change.revision());
        node.set("hooks", Nodes.array(change.hooks(), OutcomeDocument::hook));
        node.set("mapChanges", Nodes.strings(change.mapChanges()));
        return node;
    }

    private static ObjectNode hook(HookChange hook) {
        ObjectNode node = Nodes.object().put("cgroup", hook.cgroup()).put("attachType", hook.attachType());
        node.set("steps", Nodes.array(hook.steps(), OutcomeDocument::step));
        node.set("runs", Nodes.strings(hook.runs()));
        return node;
    }

    private static ObjectNode step(StepLine step) {
        return Nodes.object()
                .put("action", step.action())
                .put("entry", step.entry())
                .put("detail", step.detail())
                .put("guarantee", step.guarantee());
    }
}
