package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.FleetTables;
import io.bpfchain.agent.cli.render.Markup;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetRevision;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain history}. */
final class FleetHistoryCommand extends FleetCommand {
    private final PositionalParamSpec name = Described.parameter(0)
            .paramLabel("NAME")
            .description("The chain's name.")
            .build();

    private final OptionSpec number = Described.option(Long.class, "--revision")
            .paramLabel("N")
            .description("Print the content of this one (YAML, or JSON with -o json).")
            .build();

    private final OutputOption output = new OutputOption();

    FleetHistoryCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "history",
                        "Shows the kept revisions of a chain, oldest first, or the content of one of them: what nodes were given, with the digest of"
                                + " every source. They stay when the chain is deleted.")
                .takes(name, number, output.option())
                .examples(
                        "  kubectl bpfchain history egress-firewall",
                        "  kubectl bpfchain history egress-firewall --revision 3")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        String name = this.name.getValue();
        List<FleetRevision> revisions = fleet.revisions(name);
        @Nullable Long one = number.getValue();
        if (one != null) {
            return content(name, one, revisions);
        }
        Optional<FleetChain> chain = fleet.chain(name);
        return revisions.isEmpty() && chain.isEmpty()
                ? refused(
                        "NoSuchChain",
                        "chain " + name + ": not in this cluster, and no revision of it is kept",
                        "kubectl bpfchain status lists the chains that are.")
                : session()
                        .show(
                                output,
                                () -> FleetTables.history(
                                        revisions,
                                        chain,
                                        output.wide(),
                                        session().clock().instant(),
                                        session().console().outPaint()),
                                () -> FleetTables.historyDocument(revisions, chain));
    }

    private ExitCode content(String name, long wanted, List<FleetRevision> revisions) {
        return revisions.stream()
                .filter(r -> r.number() == wanted)
                .findFirst()
                .flatMap(FleetRevision::content)
                .map(c -> session()
                        .show(
                                output,
                                () -> Markup.yaml(FleetTables.contentDocument(c)),
                                () -> FleetTables.contentDocument(c)))
                .orElseGet(() -> refused(
                        "NoSuchRevision",
                        "chain " + name + ": no revision " + wanted + " is kept",
                        "kubectl bpfchain history " + name + " lists those that are."));
    }
}
