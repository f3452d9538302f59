package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.ChainTables;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bpfchain describe}. */
final class DescribeCommand {
    private DescribeCommand() {}

    /** The group. */
    @Command(name = "describe", description = "Shows one chain in full.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code describe chain}. */
    @Command(
            name = "chain",
            description = "Shows a chain's revision, digests, programs, hooks and maps, and what each hook runs now.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  bpfchain describe chain egress-firewall", "  bpfchain describe chain egress-firewall -o yaml"})
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
            return new ChainLookup(session)
                    .with(name, (host, chain) -> {
                        Console console = session.console();
                        console.out()
                                .print(output.render(
                                        () -> ChainTables.description(
                                                chain, session.clock().instant(), console.outPaint()),
                                        () -> ChainTables.document(chain)));
                        return ExitCode.DONE;
                    })
                    .number();
        }
    }
}
