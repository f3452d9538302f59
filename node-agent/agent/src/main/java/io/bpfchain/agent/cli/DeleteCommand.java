package io.bpfchain.agent.cli;

import io.bpfchain.crds.file.ChainDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bpfchain delete}. */
final class DeleteCommand {
    private DeleteCommand() {}

    /** {@code delete -f}. */
    @Command(
            name = "delete",
            description = "Takes chains out of the kernel. Their revisions stay in the history.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  bpfchain delete -f chain.yaml                        the chains that the file names",
                "  bpfchain delete chain egress-firewall connect-guard"
            })
    static final class Files implements Callable<Integer> {
        private final Session session;

        @Mixin
        private final FileOptions files = new FileOptions();

        @Mixin
        private final OutputOption output = new OutputOption();

        Files(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return files.read(
                            session.console(),
                            output,
                            chains -> delete(
                                    session,
                                    output,
                                    chains.stream().map(ChainDocument::name).toList()))
                    .number();
        }
    }

    /** {@code delete chain}. */
    @Command(
            name = "chain",
            aliases = "chains",
            description = "Takes chains out of the kernel, by name. Their revisions stay in the history.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = "  bpfchain delete chain egress-firewall")
    static final class Chain implements Callable<Integer> {
        private final Session session;

        @Parameters(arity = "1..*", paramLabel = "NAME", description = "The chains' names.")
        private List<String> names = new ArrayList<>();

        @Mixin
        private final OutputOption output = new OutputOption();

        Chain(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return delete(session, output, names).number();
        }
    }

    private static ExitCode delete(Session session, OutputOption output, List<String> names) {
        return session.onHost(host -> new Outcomes(session, output)
                .printSummary(host.delete(names, session.console().progress()), ""));
    }
}
