package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host.ApplyOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bpfchain apply}. */
@Command(
        name = "apply",
        description = {
            "Makes this machine run the chains of the given files, and leaves all other chains as they are.",
            "Everything is read, checked, loaded and verified before the first attachment is touched; if any part is"
                    + " refused, nothing changes."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bpfchain apply -f egress-firewall/chain.yaml",
            "  bpfchain apply -f chains/ --dry-run",
            "  generate-chain | bpfchain apply -f - -o json"
        })
final class ApplyCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final FileOptions files = new FileOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--dry-run", description = "Load and verify everything, then drop it; attach nothing.")
    private boolean dryRun;

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return files.read(
                        session.console(),
                        output,
                        chains -> session.onMachine(
                                dryRun ? Machine.Intent.USE : Machine.Intent.ATTACH,
                                machine -> new Outcomes(session, output)
                                        .printSummary(
                                                progress -> machine.host()
                                                        .apply(chains, new ApplyOptions(dryRun, "apply"), progress),
                                                dryRun ? "(dry run)" : "")))
                .number();
    }
}
