package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host.DeleteOptions;
import io.bpfchain.crds.file.ChainDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

        @Option(
                names = {"-f", "--filename"},
                paramLabel = "FILE",
                description = "The chains of a file, of a directory of files, or of standard input (-). Repeatable.")
        private List<String> files = new ArrayList<>();

        @Spec
        private @Nullable CommandSpec spec;

        @Mixin
        private final How how = new How();

        Files(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (files.isEmpty()) { // the parser would ask for it before "delete chain" too
                throw new ParameterException(
                        Objects.requireNonNull(spec).commandLine(), "Missing -f FILE, or the subcommand chain NAME");
            }
            return FileOptions.read(
                            files,
                            session.console(),
                            how.output,
                            chains -> how.delete(
                                    session,
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
        private final How how = new How();

        Chain(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return how.delete(session, names).number();
        }
    }

    /** What both take. */
    static final class How {
        @Option(
                names = "--force",
                description =
                        "Also chains that bpfchain run keeps, which makes them again when their file changes or it starts.")
        private boolean force;

        @Mixin
        private final OutputOption output = new OutputOption();

        private ExitCode delete(Session session, List<String> names) {
            return session.onHost(host -> new Outcomes(session, output)
                    .printSummary(progress -> host.delete(names, new DeleteOptions("delete", force), progress), ""));
        }
    }
}
