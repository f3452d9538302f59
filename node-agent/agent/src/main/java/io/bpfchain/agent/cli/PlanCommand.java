package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.OutcomeText.Tense;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code bpfchain plan}. */
final class PlanCommand implements Callable<Integer> {
    private final Session session;

    private final FileOptions files = new FileOptions();

    private final OutputOption output = new OutputOption();

    PlanCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "plan",
                        this,
                        "Shows what apply would do, hook by hook: the difference between the kernel and the given files, and the"
                                + " guarantee of each step. Loads and changes nothing.")
                .takes(files.option(), output.option())
                .examples(
                        "  bpfchain plan -f chain.yaml",
                        "  bpfchain plan -f chains/ -o wide     lists every cgroup",
                        "  bpfchain plan -f chain.yaml -o json")
                .line();
    }

    @Override
    public Integer call() {
        return files.read(
                        session.console(),
                        output,
                        chains -> session.onHost(host -> new Outcomes(session, output)
                                .print(
                                        progress -> host.plan(chains, progress),
                                        (text, done) -> text.diff(done, Tense.PLANNED))))
                .number();
    }
}
