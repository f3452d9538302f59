package io.bpfchain.agent.cli;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.cli.render.ChainTables;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain get}. */
final class GetCommand {
    private GetCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of(
                "get", "Lists chains, or the maps of a chain.", new Chains(session).line(), new Maps(session).line());
    }

    /** {@code get chains}. */
    static final class Chains implements Callable<Integer> {
        private final Session session;

        private final PositionalParamSpec names = Described.words(0)
                .paramLabel("NAME")
                .description("Only these; none: all.")
                .build();

        private final OutputOption output = new OutputOption();

        Chains(Session session) {
            this.session = session;
        }

        private CommandLine line() {
            return new Described(
                            "chains",
                            this,
                            "Lists the chains of this machine, by priority and name: the order in which they run.")
                    .alias("chain")
                    .takes(names, output.option())
                    .examples("  bpfchain get chains", "  bpfchain get chains egress-firewall -o wide")
                    .line();
        }

        @Override
        public Integer call() {
            List<String> wanted = names.getValue();
            return session.onHost(host -> wanted.isEmpty() ? show(host.chains()) : named(wanted, host.chains()))
                    .number();
        }

        /** Those that are there, and a word about each that is not. */
        private ExitCode named(List<String> names, List<ChainStatus> all) {
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
            session.warnOfUnreadable(chains);
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
    static final class Maps extends ChainCommand {
        Maps(Session session) {
            super(session);
        }

        private CommandLine line() {
            return described("maps", "Lists the maps of a chain's live instance.")
                    .examples(
                            "  bpfchain get maps egress-firewall",
                            "  bpfchain get maps egress-firewall -o wide     with their pins")
                    .line();
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
