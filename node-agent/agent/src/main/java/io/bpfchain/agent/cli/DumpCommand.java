package io.bpfchain.agent.cli;

import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.cli.render.MapDumpText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bpfchain dump}. */
final class DumpCommand {
    private DumpCommand() {}

    /** The group. */
    @Command(name = "dump", description = "Shows the contents of a map.", sortOptions = false)
    static final class Group extends CommandGroup {}

    /** {@code dump map}. */
    @Command(
            name = "map",
            description =
                    "Shows the contents of a map of a chain's live instance, typed by its BTF; without BTF as hex.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  bpfchain dump map egress-firewall counters",
                "  bpfchain dump map egress-firewall blocked4 -o yaml > blocked.yaml     for entriesFrom in a chain file"
            })
    static final class Map implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "CHAIN", description = "The chain's name.")
        private String chain = "";

        @Parameters(index = "1", paramLabel = "MAP", description = "The map's name in the object.")
        private String map = "";

        @Mixin
        private final OutputOption output = new OutputOption();

        Map(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            return session.onHost(host -> print(host.dump(chain, map))).number();
        }

        private ExitCode print(MapDump dump) {
            return switch (dump) {
                case MapDump.Contents contents ->
                    session.show(
                            output,
                            () -> MapDumpText.table(contents, session.console().outPaint()),
                            () -> MapDumpText.document(contents));
                case MapDump.Unavailable unavailable -> session.refused(unavailable.problem());
            };
        }
    }
}
