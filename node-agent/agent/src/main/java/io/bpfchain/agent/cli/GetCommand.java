package io.bpfchain.agent.cli;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cli.render.ChainTables;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
                        return session.show(
                                output,
                                () -> ChainTables.chains(
                                        chains,
                                        output.wide(),
                                        session.clock().instant(),
                                        session.console().outPaint()),
                                () -> ChainTables.documents(chains));
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
    static final class Maps extends ChainCommand {
        Maps(Session session) {
            super(session);
        }

        @Override
        ExitCode run(String name) {
            return with(
                    name,
                    chain -> session()
                            .show(
                                    output(),
                                    () -> ChainTables.maps(
                                            chain,
                                            output().wide(),
                                            session().console().outPaint()),
                                    () -> ChainTables.mapDocuments(chain)));
        }
    }
}
