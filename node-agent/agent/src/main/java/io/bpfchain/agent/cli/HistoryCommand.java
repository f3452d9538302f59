package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.cli.render.ChainTables;
import io.bpfchain.agent.cli.render.RevisionFile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code bpfchain history}. */
final class HistoryCommand {
    private HistoryCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of("history", "Shows the revisions of a chain.", new Chain(session).line());
    }

    /** {@code history chain}. */
    static final class Chain extends ChainCommand {
        private final OptionSpec revision = Described.option(Integer.class, "--revision")
                .paramLabel("N")
                .description(
                        "Print this one as a chain file (YAML, or JSON with -o json) that can be changed and applied; its"
                                + " paths lead to the copies that this machine keeps.")
                .build();

        Chain(Session session) {
            super(session);
        }

        private CommandLine line() {
            return described(
                            "chain",
                            "Shows the revisions of a chain, oldest first, or one of them as a chain file. They stay when the chain"
                                    + " is deleted.")
                    .takes(revision)
                    .examples(
                            "  bpfchain history chain egress-firewall",
                            "  bpfchain history chain egress-firewall --revision 3 > egress-firewall.yaml")
                    .line();
        }

        @Override
        ExitCode run(String name) {
            @Nullable Integer number = revision.getValue();
            return session().onHost(host -> number == null ? list(name, host) : file(name, number, host));
        }

        private ExitCode list(String name, Host host) {
            List<Revision> revisions = host.history(name);
            return revisions.isEmpty()
                    ? missing(
                            name,
                            "NoSuchChain",
                            "no revisions on this machine",
                            "bpfchain get chains lists the chains that are here.")
                    : session()
                            .show(
                                    output(),
                                    () -> ChainTables.history(
                                            revisions,
                                            output().wide(),
                                            session().console().outPaint()),
                                    () -> ChainTables.historyDocument(revisions));
        }

        private ExitCode file(String name, int number, Host host) {
            Optional<KeptRevision> content = host.revision(name, number);
            return content.isEmpty()
                    ? missing(
                            name,
                            "NoSuchRevision",
                            "no revision " + number + " on this machine",
                            "bpfchain history chain " + name + " lists those that are kept.")
                    : session()
                            .show(
                                    output(),
                                    () -> RevisionFile.yaml(content.get()),
                                    () -> RevisionFile.document(content.get()));
        }
    }
}
