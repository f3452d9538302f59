package io.bpfchain.agent.cli;

import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.cli.render.MapDumpText;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain dump}. */
final class DumpCommand {
    private DumpCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of("dump", "Shows the contents of a map.", new Map(session).line());
    }

    /** {@code dump map}. */
    static final class Map implements Callable<Integer> {
        private final Session session;

        private final PositionalParamSpec chain = Described.parameter(0)
                .paramLabel("CHAIN")
                .description("The chain's name.")
                .build();

        private final PositionalParamSpec map = Described.parameter(1)
                .paramLabel("MAP")
                .description("The map's name in the object.")
                .build();

        private final OutputOption output = new OutputOption();

        Map(Session session) {
            this.session = session;
        }

        private CommandLine line() {
            return new Described(
                            "map",
                            this,
                            "Shows the contents of a map of a chain's live instance, typed by its BTF; without BTF as hex.")
                    .takes(chain, map, output.option())
                    .examples(
                            "  bpfchain dump map egress-firewall counters",
                            "  bpfchain dump map egress-firewall blocked4 -o yaml > blocked.yaml     for entriesFrom in a chain file")
                    .line();
        }

        @Override
        public Integer call() {
            return session.onHost(host -> print(host.dump(chain.getValue(), map.getValue())))
                    .number();
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
