package io.bpfchain.agent.cli;

import io.bpfchain.agent.Revision;
import io.bpfchain.agent.cli.render.ChainTables;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bpfchain history}. */
final class HistoryCommand {
    private HistoryCommand() {}

    /** The group. */
    @Command(name = "history", description = "Shows the revisions of a chain.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code history chain}. */
    @Command(
            name = "chain",
            description = "Shows the revisions of a chain, oldest first. They stay when the chain is deleted.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = "  bpfchain history chain egress-firewall")
    static final class Chain implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAME", description = "The chain's name.")
        private String name = "";

        @Mixin
        private final OutputOption output = new OutputOption();

        Chain(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return session.onHost(host -> print(host.history(name))).number();
        }

        private ExitCode print(List<Revision> revisions) {
            Console console = session.console();
            if (revisions.isEmpty()) {
                console.error("chain " + name + ": no revisions on this machine");
                console.err().println("  bpfchain get chains lists the chains that are here.");
                return ExitCode.FAILED;
            }
            console.out()
                    .print(output.render(
                            () -> ChainTables.history(revisions, output.wide(), console.outPaint()),
                            () -> ChainTables.historyDocument(revisions)));
            return ExitCode.DONE;
        }
    }
}
