package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host.ApplyOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code bpfchain apply}. */
final class ApplyCommand implements Callable<Integer> {
    private final Session session;

    private final FileOptions files = new FileOptions();

    private final OutputOption output = new OutputOption();

    private final OptionSpec dryRun = Described.flag("--dry-run")
            .description("Load and verify everything, then drop it; attach nothing.")
            .build();

    ApplyCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "apply",
                        this,
                        "Makes this machine run the chains of the given files, and leaves all other chains as they are.",
                        "Everything is read, checked, loaded and verified before the first attachment is touched; if any part is"
                                + " refused, nothing changes.")
                .takes(files.option(), output.option(), dryRun)
                .examples(
                        "  bpfchain apply -f egress-firewall/chain.yaml",
                        "  bpfchain apply -f chains/ --dry-run",
                        "  generate-chain | bpfchain apply -f - -o json")
                .line();
    }

    @Override
    public Integer call() {
        boolean dry = dryRun.getValue();
        return files.read(
                        session.console(),
                        output,
                        chains -> session.onMachine(
                                dry ? Machine.Intent.USE : Machine.Intent.ATTACH,
                                machine -> new Outcomes(session, output)
                                        .printSummary(
                                                progress -> machine.host()
                                                        .apply(chains, new ApplyOptions(dry, "apply"), progress),
                                                dry ? "(dry run)" : "")))
                .number();
    }
}
