package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.FleetTables;
import io.bpfchain.agent.cli.render.Markup;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetRevision;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubectl bpfchain history}. */
@Command(
        name = "history",
        description = {
            "Shows the kept revisions of a chain, oldest first, or the content of one of them: what nodes were given, with the digest of"
                    + " every source. They stay when the chain is deleted."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  kubectl bpfchain history egress-firewall",
            "  kubectl bpfchain history egress-firewall --revision 3"
        })
final class FleetHistoryCommand extends FleetCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The chain's name.")
    private String name = "";

    @Option(
            names = "--revision",
            paramLabel = "N",
            description = "Print the content of this one (YAML, or JSON with -o json).")
    private @Nullable Long number;

    @Mixin
    private final OutputOption output = new OutputOption();

    FleetHistoryCommand(Session session) {
        super(session);
    }

    @Override
    ExitCode run(Fleet fleet) {
        List<FleetRevision> revisions = fleet.revisions(name);
        Long one = number;
        if (one != null) {
            return content(one, revisions);
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

    private ExitCode content(long wanted, List<FleetRevision> revisions) {
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
