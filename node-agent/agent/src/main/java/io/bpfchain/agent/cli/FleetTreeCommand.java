package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.NodeTree;
import io.bpfchain.agent.cli.render.TreeText;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetNode;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain tree}. */
final class FleetTreeCommand extends FleetCommand {
    private final PositionalParamSpec name = Described.parameter(0)
            .paramLabel("NODE")
            .description("The node's name.")
            .build();

    private final OutputOption output = new OutputOption();

    FleetTreeCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "tree",
                        "Shows what a node runs at the hooks of its chains, foreign programs included, as its agent last read it from the kernel; how"
                                + " long ago that was stands above. The node itself is not asked.")
                .takes(name, output.option())
                .examples(
                        "  kubectl bpfchain tree worker-1",
                        "  kubectl bpfchain tree worker-1 -o wide     with kernel ids")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        String name = this.name.getValue();
        Optional<FleetNode> node = fleet.node(name);
        if (node.isEmpty()) {
            return refused(
                    "NoSuchNode",
                    "node " + name + ": it has no CgroupProgramNode, so nothing was ever assigned to it",
                    "kubectl get cgroupprogramnodes lists those that have one.");
        }
        Console console = session().console();
        ExitCode code = session()
                .show(
                        output,
                        () -> new TreeText(console.outPaint(), output.wide())
                                .text(NodeTree.of(node.get(), session().clock().instant())),
                        () -> NodeTree.document(node.get()));
        console.warnings(NodeTree.of(node.get(), session().clock().instant()).warnings());
        return code;
    }
}
