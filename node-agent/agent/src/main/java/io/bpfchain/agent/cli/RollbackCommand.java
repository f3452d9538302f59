package io.bpfchain.agent.cli;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
    static final class Chain extends ChainCommand {
        @Option(
                names = "--to-revision",
                paramLabel = "N",
                description =
                        "Which one; default: the one before the current, and of a deleted chain the last that ran.")
        private @Nullable Integer revision;

        Chain(Session session) {
            super(session);
        }

        @Override
        ExitCode run(String name) {
            OptionalInt to = revision == null ? OptionalInt.empty() : OptionalInt.of(revision);
            return session()
                    .onHost(host -> new Outcomes(session(), output())
                            .printSummary(progress -> host.rollback(name, to, progress), ""));
        }
    }
}
