package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.cli.render.TreeText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain tree}. */
final class TreeCommand implements Callable<Integer> {
    private final Session session;

    private final PositionalParamSpec path = Described.optional()
            .paramLabel("PATH")
            .description(
                    "Only this cgroup, or those that match this pattern, and what is below. Of the cgroup itself also what it only"
                            + " inherits is shown.")
            .build();

    private final OptionSpec stats = Described.option(Duration.class, "--stats")
            .paramLabel("DURATION")
            .converters(new DurationConverter())
            .description(
                    "Switch the kernel's statistics on for this long (for example 500ms, 5s, 1m) and show runs and time.")
            .build();

    private final OutputOption output = new OutputOption();

    TreeCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "tree",
                        this,
                        "Shows the cgroup hierarchy with every hook that has programs, ours and foreign ones, in the order in which they"
                                + " run: a cgroup's own first, then what it inherits, with the cgroup that it is attached to.")
                .takes(path, stats, output.option())
                .examples(
                        "  bpfchain tree",
                        "  bpfchain tree /system.slice -o wide",
                        "  bpfchain tree /system.slice/sshd.service     also where only cgroups above have programs",
                        "  bpfchain tree --stats 5s             counts runs for five seconds; slows every program a little")
                .line();
    }

    @Override
    public Integer call() {
        return session.onHost(host -> {
                    TreeOutcome outcome = session.console()
                            .watching(progress -> host.tree(
                                    Optional.ofNullable(path.getValue()),
                                    Optional.ofNullable(stats.getValue()),
                                    progress));
                    return switch (outcome) {
                        case TreeOutcome.Shown(Tree tree) -> show(tree);
                        case TreeOutcome.Refused(Problem problem) -> session.refused(problem);
                    };
                })
                .number();
    }

    private ExitCode show(Tree tree) {
        Console console = session.console();
        TreeText text = new TreeText(console.outPaint(), output.wide());
        ExitCode code = session.show(output, () -> text.text(tree), () -> TreeText.document(tree));
        console.warnings(tree.warnings());
        return code;
    }
}
