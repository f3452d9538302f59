package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cli.render.FleetDiffText;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetDiff;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.crds.file.ChainDocument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain diff}. */
final class FleetDiffCommand extends FleetCommand {
    private final PositionalParamSpec name = Described.optional()
            .paramLabel("NAME")
            .description("The chain's name.")
            .build();

    private final OptionSpec files = Described.repeated("-f", "--filename")
            .paramLabel("FILE")
            .description("The chains of a file, of a directory of files, or of standard input (-). Repeatable.")
            .build();

    private final OutputOption output = new OutputOption();

    FleetDiffCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "diff",
                        "Shows what would change on each node. Of a file: if it were applied, which the API server is asked for trial. Of a chain by"
                                + " name: until every node runs its target. Nothing is changed.",
                        "Nodes are compared by what their agents last reported.")
                .takes(name, files, output.option())
                .examples("  kubectl bpfchain diff -f chain.yaml", "  kubectl bpfchain diff egress-firewall")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        @Nullable String chain = name.getValue();
        List<String> named = files.getValue();
        if ((chain == null) == named.isEmpty()) {
            throw new WrongUsage("Give either NAME or -f FILE");
        }
        return chain == null
                ? FileOptions.read(named, session().console(), output, documents -> ofFiles(documents, fleet))
                : ofChain(chain, fleet);
    }

    private ExitCode ofFiles(List<ChainDocument> documents, Fleet fleet) {
        List<FleetDiff> diffs = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ChainDocument document : documents) {
            try {
                diffs.add(FleetDiff.ofFile(document, fleet));
            } catch (FleetException e) {
                problems.add(e.problem());
            }
        }
        ExitCode shown = show(diffs);
        session().console().problems(problems);
        return problems.isEmpty() ? shown : ExitCode.of(problems);
    }

    private ExitCode ofChain(String chain, Fleet fleet) {
        return switch (FleetDiff.ofChain(chain, fleet)) {
            case FleetDiff.OfChain.Found(FleetDiff diff) -> show(List.of(diff));
            case FleetDiff.OfChain.NoSuchChain _ -> noSuchChain(chain);
            case FleetDiff.OfChain.NoTarget(String why) ->
                refused(
                        "NoRevision",
                        "chain " + chain + ": there is no revision to compare with: " + why,
                        "kubectl bpfchain status " + chain + " shows what the operator says of it.");
        };
    }

    private ExitCode show(List<FleetDiff> diffs) {
        ExitCode code = session()
                .show(
                        output,
                        () -> FleetDiffText.text(
                                diffs, output.wide(), session().console().outPaint()),
                        () -> FleetDiffText.document(diffs));
        diffs.forEach(d -> session().console().warnings(d.warnings()));
        return code;
    }
}
