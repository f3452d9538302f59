package io.bpfchain.agent.cli;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cli.render.ChainTables;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
            footer = {"  bpfchain get chains", "  bpfchain get chains egress-firewall -o wide"})
    static final class Chains implements Callable<Integer> {
        private final Session session;

        @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only these; none: all.")
        private List<String> names = new ArrayList<>();

        @Mixin
        private final OutputOption output = new OutputOption();

        Chains(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return session.onHost(host -> names.isEmpty() ? show(host.chains()) : named(host.chains()))
                    .number();
        }

        /** Those that are there, and a word about each that is not. */
        private ExitCode named(List<ChainStatus> all) {
            List<ChainStatus> chains =
                    all.stream().filter(c -> names.contains(c.name())).toList();
            Set<String> missing = new LinkedHashSet<>(names);
            chains.forEach(c -> missing.remove(c.name()));
            ExitCode code = chains.isEmpty() && output.isText() ? ExitCode.DONE : show(chains);
            for (String name : missing) {
                code = session.noSuchChain(name);
            }
            return code;
        }

        private ExitCode show(List<ChainStatus> chains) {
            return session.show(
                    output,
                    () -> ChainTables.chains(
                            chains,
                            output.wide(),
                            session.clock().instant(),
                            session.console().outPaint()),
                    () -> ChainTables.documents(chains));
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
