package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.ChainTables;
import picocli.CommandLine.Command;

/** {@code bpfchain describe}. */
final class DescribeCommand {
    private DescribeCommand() {}

    /** The group. */
    @Command(name = "describe", description = "Shows one chain in full.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code describe chain}. */
    @Command(
            name = "chain",
            description = "Shows a chain's revision, digests, programs, hooks and maps, and what each hook runs now.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  bpfchain describe chain egress-firewall", "  bpfchain describe chain egress-firewall -o yaml"})
    static final class Chain extends ChainCommand {
        Chain(Session session) {
            super(session);
        }

        @Override
        ExitCode run(String name) {
            return with(
                    name,
                    chain -> session()
                            .show(
                                    output(),
                                    () -> ChainTables.description(
                                            chain,
                                            session().clock().instant(),
                                            session().console().outPaint()),
                                    () -> ChainTables.document(chain)));
        }
    }
}
