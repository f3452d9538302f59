package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host.DeleteOptions;
import io.bpfchain.crds.file.ChainDocument;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain delete}. */
final class DeleteCommand {
    private DeleteCommand() {}

    static CommandLine line(Session session) {
        return new Files(session).line().addSubcommand(new Chain(session).line());
    }

    /** {@code delete -f}. */
    static final class Files implements Callable<Integer> {
        private final Session session;

        private final OptionSpec files = Described.repeated("-f", "--filename")
                .paramLabel("FILE")
                .description("The chains of a file, of a directory of files, or of standard input (-). Repeatable.")
                .build();

        private final How how = new How();

        Files(Session session) {
            this.session = session;
        }

        private CommandLine line() {
            return new Described("delete", this, "Takes chains out of the kernel. Their revisions stay in the history.")
                    .takes(files, how.force, how.output.option())
                    .examples(
                            "  bpfchain delete -f chain.yaml                        the chains that the file names",
                            "  bpfchain delete chain egress-firewall connect-guard")
                    .line();
        }

        @Override
        public Integer call() {
            List<String> named = files.getValue();
            if (named.isEmpty()) { // the parser would ask for it before "delete chain" too
                throw new WrongUsage("Missing -f FILE, or the subcommand chain NAME");
            }
            return FileOptions.read(
                            named,
                            session.console(),
                            how.output,
                            chains -> how.delete(
                                    session,
                                    chains.stream().map(ChainDocument::name).toList()))
                    .number();
        }
    }

    /** {@code delete chain}. */
    static final class Chain implements Callable<Integer> {
        private final Session session;

        private final PositionalParamSpec names = Described.words(1)
                .paramLabel("NAME")
                .description("The chains' names.")
                .build();

        private final How how = new How();

        Chain(Session session) {
            this.session = session;
        }

        private CommandLine line() {
            return new Described(
                            "chain",
                            this,
                            "Takes chains out of the kernel, by name. Their revisions stay in the history.")
                    .alias("chains")
                    .takes(names, how.force, how.output.option())
                    .examples("  bpfchain delete chain egress-firewall")
                    .line();
        }

        @Override
        public Integer call() {
            return how.delete(session, names.getValue()).number();
        }
    }

    /** What both take. */
    static final class How {
        private final OptionSpec force = Described.flag("--force")
                .description(
                        "Also chains that bpfchain run keeps, which makes them again when their file changes or it starts.")
                .build();

        private final OutputOption output = new OutputOption();

        private ExitCode delete(Session session, List<String> names) {
            return session.onHost(host -> new Outcomes(session, output)
                    .printSummary(
                            progress -> host.delete(names, new DeleteOptions("delete", force.getValue()), progress),
                            ""));
        }
    }
}
