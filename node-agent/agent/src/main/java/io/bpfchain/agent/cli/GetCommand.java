package io.bpfchain.agent.cli;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cli.render.ChainTables;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bpfchain get}. */
final class GetCommand {
    private GetCommand() {}

    /** The group. */
    @Command(name = "get", description = "Lists chains, or the maps of a chain.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code get chains}. */
    @Command(
            name = "chains",
            aliases = "chain",
            description = "Lists the chains of this machine, by priority and name: the order in which they run.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  bpfchain get chains", "  bpfchain get chains -o wide"})
    static final class Chains implements Callable<Integer> {
        private final Session session;

        @Mixin
        private final OutputOption output = new OutputOption();

        Chains(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return session.onHost(host -> {
                        List<ChainStatus> chains = host.chains();
                        Console console = session.console();
                        console.out()
                                .print(output.render(
                                        () -> ChainTables.chains(
                                                chains,
                                                output.wide(),
                                                session.clock().instant(),
                                                console.outPaint()),
                                        () -> ChainTables.documents(chains)));
                        return ExitCode.DONE;
                    })
                    .number();
        }
    }

    /** {@code get maps}. */
    @Command(
            name = "maps",
            description = "Lists the maps of a chain's live instance.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  bpfchain get maps egress-firewall",
                "  bpfchain get maps egress-firewall -o wide     with their pins"
            })
    static final class Maps implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "CHAIN", description = "The chain's name.")
        private String name = "";

        @Mixin
        private final OutputOption output = new OutputOption();

        Maps(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return new ChainLookup(session)
                    .with(name, (host, chain) -> {
                        Console console = session.console();
                        console.out()
                                .print(output.render(
                                        () -> ChainTables.maps(chain, output.wide(), console.outPaint()),
                                        () -> ChainTables.mapDocuments(chain)));
                        return ExitCode.DONE;
                    })
                    .number();
        }
    }
}
