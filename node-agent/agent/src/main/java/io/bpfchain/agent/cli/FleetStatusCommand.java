package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.FleetTables;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.NodeStanding;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain status}. */
final class FleetStatusCommand extends FleetCommand {
    private final PositionalParamSpec name = Described.optional()
            .paramLabel("NAME")
            .description("The chain's name; none: all chains.")
            .build();

    private final OutputOption output = new OutputOption();

    FleetStatusCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "status",
                        "Shows whether chains are on, everywhere, and in which revision; of one chain also each node.")
                .takes(name, output.option())
                .examples("  kubectl bpfchain status", "  kubectl bpfchain status egress-firewall -o wide")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        @Nullable String one = name.getValue();
        return one == null ? all(fleet) : one(one, fleet);
    }

    private ExitCode all(Fleet fleet) {
        List<FleetChain> chains = fleet.chains();
        session().console().warnings(FleetTables.leftOut(fleet.nodes()));
        return session()
                .show(
                        output,
                        () -> FleetTables.chains(
                                chains,
                                output.wide(),
                                session().clock().instant(),
                                session().console().outPaint()),
                        () -> FleetTables.chainDocuments(chains));
    }

    private ExitCode one(String chain, Fleet fleet) {
        Optional<FleetChain> found = fleet.chain(chain);
        if (found.isEmpty()) {
            return noSuchChain(chain);
        }
        List<NodeStanding> nodes = fleet.nodes().stream()
                .flatMap(n -> NodeStanding.of(chain, n).stream())
                .toList();
        return session()
                .show(
                        output,
                        () -> FleetTables.chain(
                                found.get(),
                                nodes,
                                output.wide(),
                                session().clock().instant(),
                                session().console().outPaint()),
                        () -> FleetTables.chainDocument(found.get(), nodes));
    }
}
