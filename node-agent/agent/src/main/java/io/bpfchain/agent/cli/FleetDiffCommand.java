package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cli.render.FleetDiffText;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetDiff;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.crds.file.ChainDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubectl bpfchain diff}. */
@Command(
        name = "diff",
        description = {
            "Shows what would change on each node. Of a file: if it were applied, which the API server is asked for trial. Of a chain by"
                    + " name: until every node runs its target. Nothing is changed.",
            "Nodes are compared by what their agents last reported."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  kubectl bpfchain diff -f chain.yaml", "  kubectl bpfchain diff egress-firewall"})
final class FleetDiffCommand extends FleetCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The chain's name.")
    private @Nullable String name;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            description = "The chains of a file, of a directory of files, or of standard input (-). Repeatable.")
    private List<String> files = new ArrayList<>();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    FleetDiffCommand(Session session) {
        super(session);
    }

    @Override
    ExitCode run(Fleet fleet) {
        String chain = name;
        if ((chain == null) == files.isEmpty()) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Give either NAME or -f FILE");
        }
        return chain == null
                ? FileOptions.read(files, session().console(), output, documents -> ofFiles(documents, fleet))
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
