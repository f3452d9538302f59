package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.ChainTables;
import java.util.List;
import picocli.CommandLine;

/** {@code bpfchain describe}. */
final class DescribeCommand {
    private DescribeCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of("describe", "Shows one chain in full.", new Chain(session).line());
    }

    /** {@code describe chain}. */
    static final class Chain extends ChainCommand {
        Chain(Session session) {
            super(session);
        }

        private CommandLine line() {
            return described(
                            "chain",
                            "Shows a chain's revision, digests, programs, hooks and maps, and what each hook runs now.")
                    .examples(
                            "  bpfchain describe chain egress-firewall",
                            "  bpfchain describe chain egress-firewall -o yaml")
                    .line();
        }

        @Override
        ExitCode run(String name) {
            return with(name, chain -> {
                session().warnOfUnreadable(List.of(chain));
                return session()
                        .show(
                                output(),
                                () -> ChainTables.description(
                                        chain,
                                        session().clock().instant(),
                                        session().console().outPaint()),
                                () -> ChainTables.document(chain));
            });
        }
    }
}
