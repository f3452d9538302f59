package io.bpfchain.agent.cli;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code bpfchain rollback}. */
final class RollbackCommand {
    private RollbackCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of("rollback", "Goes back to an earlier revision of a chain.", new Chain(session).line());
    }

    /** {@code rollback chain}. */
    static final class Chain extends ChainCommand {
        private final OptionSpec revision = Described.option(Integer.class, "--to-revision")
                .paramLabel("N")
                .description(
                        "Which one; default: the one before the current, and of a deleted chain the last that ran.")
                .build();

        Chain(Session session) {
            super(session);
        }

        private CommandLine line() {
            return described(
                            "chain",
                            "Applies an earlier revision of a chain again, as a new revision, with the same guarantees as apply.")
                    .takes(revision)
                    .examples(
                            "  bpfchain rollback chain egress-firewall                     to the revision before the current",
                            "  bpfchain rollback chain egress-firewall --to-revision 3")
                    .line();
        }

        @Override
        ExitCode run(String name) {
            @Nullable Integer number = revision.getValue();
            OptionalInt to = number == null ? OptionalInt.empty() : OptionalInt.of(number);
            return session()
                    .onHost(host -> new Outcomes(session(), output())
                            .printSummary(progress -> host.rollback(name, to, progress), ""));
        }
    }
}
