package io.bpfchain.agent.cli;

import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bpfchain rollback}. */
final class RollbackCommand {
    private RollbackCommand() {}

    /** The group. */
    @Command(name = "rollback", description = "Goes back to an earlier revision of a chain.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code rollback chain}. */
    @Command(
            name = "chain",
            description =
                    "Applies an earlier revision of a chain again, as a new revision, with the same guarantees as apply.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  bpfchain rollback chain egress-firewall                     to the revision before the current",
                "  bpfchain rollback chain egress-firewall --to-revision 3"
            })
    static final class Chain implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAME", description = "The chain's name.")
        private String name = "";

        @Option(
                names = "--to-revision",
                paramLabel = "N",
                description = "Which one; default: the one before the current.")
        private @Nullable Integer revision;

        @Mixin
        private final OutputOption output = new OutputOption();

        Chain(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            OptionalInt to = revision == null ? OptionalInt.empty() : OptionalInt.of(revision);
            return session.onHost(host -> new Outcomes(session, output)
                            .printSummary(
                                    host.rollback(name, to, session.console().progress()), ""))
                    .number();
        }
    }
}
