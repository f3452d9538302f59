package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cli.render.Paint;
import io.bpfchain.agent.cli.render.Paint.Tone;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Where a command reads and writes: results to {@code out}, everything else (errors, warnings, progress) to {@code err}.
 *
 * @param outPaint whether results are in colour
 * @param errPaint whether errors are in colour
 * @param showsProgress whether somebody watches {@code err}
 */
record Console(
        InputStream in, PrintStream out, PrintStream err, Paint outPaint, Paint errPaint, boolean showsProgress) {
    Console {
        Objects.requireNonNull(in);
        Objects.requireNonNull(out);
        Objects.requireNonNull(err);
    }

    /** Prints every problem: what was attempted and what came back, then what to do. */
    void problems(List<Problem> problems) {
        for (Problem p : problems) {
            error(p.text());
            if (!p.remedy().isEmpty()) {
                err.println("  " + p.remedy());
            }
        }
    }

    void error(String message) {
        err.println(errPaint.paint(Tone.BAD, "error:") + " "
                + message.stripTrailing().replace("\n", "\n  "));
    }

    void warnings(List<String> warnings) {
        warnings.forEach(w -> err.println(errPaint.paint(Tone.NOTICE, "warning:") + " " + w));
    }

    /** Does work, and shows to whoever watches how far it is; nothing of that is left at the end. */
    <T> T watching(Function<Host.Progress, T> work) {
        if (!showsProgress) {
            return work.apply((phase, done, total) -> {});
        }
        try (ProgressLine line = new ProgressLine(err)) {
            return work.apply(line);
        }
    }
}
