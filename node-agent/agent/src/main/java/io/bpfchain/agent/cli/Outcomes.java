package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cli.render.OutcomeDocument;
import io.bpfchain.agent.cli.render.OutcomeText;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Prints what came of a change; the same for every command that changes something. */
record Outcomes(Session session, OutputOption output) {
    /** Makes a change, prints what came of it, where it is done through the given text, and says with which code to end. */
    ExitCode print(
            Function<Host.Progress, ApplyOutcome> change, BiFunction<OutcomeText, ApplyOutcome.Done, String> text) {
        Console console = session.console();
        ApplyOutcome outcome = console.watching(change);
        OutcomeText out = new OutcomeText(console.outPaint(), output.wide());
        if (!output.isText()) {
            console.out().print(output.render(() -> "", () -> OutcomeDocument.of(outcome)));
        }
        switch (outcome) {
            case ApplyOutcome.Done done -> {
                if (output.isText()) {
                    console.out().print(text.apply(out, done));
                }
                console.warnings(done.warnings());
            }
            case ApplyOutcome.Refused refused -> {
                console.problems(refused.problems());
                console.warnings(refused.warnings());
                console.err()
                        .println(
                                refused.warnings().isEmpty()
                                        ? "Nothing was changed."
                                        : "Of what was asked for, nothing was changed.");
            }
            case ApplyOutcome.Failed failed -> {
                console.problems(failed.problems());
                console.warnings(failed.warnings());
                console.err().print(new OutcomeText(console.errPaint(), output.wide()).runsNow(failed.hooks()));
            }
        }
        return ExitCode.of(outcome);
    }

    /** Makes a change and prints one line for each chain; every step too where the user wants to hear more. */
    ExitCode printSummary(Function<Host.Progress, ApplyOutcome> change, String note) {
        return print(
                change,
                (text, done) -> session.global().verbose() || output.wide()
                        ? text.diff(done, note.isEmpty() ? OutcomeText.Tense.MADE : OutcomeText.Tense.PLANNED)
                        : text.summary(done, note));
    }
}
