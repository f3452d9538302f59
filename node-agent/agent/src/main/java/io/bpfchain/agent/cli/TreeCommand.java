package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.cli.render.TreeText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bpfchain tree}. */
@Command(
        name = "tree",
        description = {
            "Shows the cgroup hierarchy with every hook that has programs, ours and foreign ones, in the order in which they"
                    + " run: a cgroup's own first, then what it inherits from above."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bpfchain tree",
            "  bpfchain tree /system.slice -o wide",
            "  bpfchain tree --stats 5s             counts runs for five seconds; slows every program a little"
        })
final class TreeCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PATH",
            description = "Only this cgroup, or those that match this pattern, and what is below.")
    private @Nullable String path;

    @Option(
            names = "--stats",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description =
                    "Switch the kernel's statistics on for this long (for example 500ms, 5s, 1m) and show runs and time.")
    private @Nullable Duration stats;

    @Mixin
    private final OutputOption output = new OutputOption();

    TreeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return session.onHost(host -> {
                    TreeOutcome outcome = session.console()
                            .watching(progress ->
                                    host.tree(Optional.ofNullable(path), Optional.ofNullable(stats), progress));
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
