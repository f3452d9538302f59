package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.FleetDrainText;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.agent.fleet.FleetNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain drain} and {@code undrain}. */
final class FleetDrainCommand {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** Up to so many nodes are each asked for; of more all are listed, which costs more and is done more rarely. */
    private static final int FEW = 10;

    private static final Duration BETWEEN_LISTS = Duration.ofSeconds(5);

    private FleetDrainCommand() {}

    /** {@code drain}. */
    static final class Drain extends FleetCommand {
        private final Which which = new Which();

        private final OptionSpec timeout = Described.option(Duration.class, "--timeout")
                .paramLabel("DURATION")
                .defaultValue("5m")
                .converters(new DurationConverter())
                .description("How long to wait for the agents, for example 30s or 10m (default: 5m).")
                .build();

        private final OptionSpec bestEffort = Described.flag("--best-effort")
                .description("End with 0 also where nodes did not answer; they are listed all the same.")
                .build();

        private final OutputOption output = new OutputOption();

        Drain(Session session) {
            super(session);
        }

        CommandLine line() {
            return described(
                            "drain",
                            "Takes bpfchain's programs out of nodes on purpose, for example before it is uninstalled; chains and their assignments"
                                    + " stay. Chains do without a drained node until undrain.",
                            "Sets spec.drain in the nodes' objects and waits until each agent has read from its kernel that nothing is left. Where one"
                                    + " does not answer in time it is listed, the command ends with 1, and the node is drained when its agent is back. Also"
                                    + " programs of chains with deletionPolicy Retain are taken out; those that a deleted chain left behind stay.")
                    .takes(which.names, which.all, timeout, bestEffort, output.option())
                    .examples("  kubectl bpfchain drain worker-1", "  kubectl bpfchain drain --all --timeout 10m")
                    .line();
        }

        @Override
        ExitCode run(Fleet fleet) throws InterruptedException {
            Optional<List<String>> missing = which.missing(fleet);
            if (missing.isPresent()) {
                return which.refuse(this, missing.get());
            }
            long end = System.nanoTime() + timeout.<Duration>getValue().toNanos();
            List<FleetNode> asked = which.nodes(fleet);
            asked.stream().filter(n -> !n.isDraining()).forEach(n -> attempt(() -> fleet.drain(n, true)));
            List<FleetNode> nodes = again(asked, fleet);
            for (long left = left(nodes); left > 0 && System.nanoTime() - end < 0; left = left(nodes)) {
                Duration pause = left <= FEW ? BETWEEN_LOOKS : BETWEEN_LISTS;
                Thread.sleep(Duration.ofNanos(
                        Math.clamp(end - System.nanoTime(), BETWEEN_LOOKS.toNanos(), pause.toNanos())));
                nodes = again(nodes, fleet);
            }
            return told(nodes);
        }

        private static long left(List<FleetNode> nodes) {
            return nodes.stream().filter(n -> !n.isDrained()).count();
        }

        /** With the best effort, one node or look that fails does not keep the others from being drained. */
        private void attempt(Runnable request) {
            try {
                request.run();
            } catch (FleetException e) {
                if (!bestEffort.<Boolean>getValue()) {
                    throw e;
                }
                session().console().problems(List.of(e.problem()));
            }
        }

        /**
         * The same nodes as they are now, or as they were where that cannot be had. One whose object is gone has not answered: that says
         * nothing about its kernel.
         */
        private List<FleetNode> again(List<FleetNode> before, Fleet fleet) {
            List<FleetNode> now = new ArrayList<>(before);
            attempt(() -> {
                Stream<FleetNode> there = left(before) <= FEW
                        ? before.stream().flatMap(n -> n.isDrained() ? Stream.of(n) : fleet.node(n.name()).stream())
                        : fleet.nodes().stream();
                Map<String, FleetNode> byUid = there.collect(Collectors.toMap(FleetNode::uid, Function.identity()));
                now.replaceAll(n -> byUid.getOrDefault(n.uid(), n.unanswered()));
            });
            return now;
        }

        private ExitCode told(List<FleetNode> nodes) {
            session()
                    .show(
                            output,
                            () -> FleetDrainText.text(
                                    nodes,
                                    session().clock().instant(),
                                    session().console().outPaint()),
                            () -> FleetDrainText.document(nodes));
            long left = left(nodes);
            if (left == 0) {
                return ExitCode.DONE;
            }
            session()
                    .console()
                    .error(left + " of " + nodes.size()
                            + " nodes did not say within the time that nothing is left; they are"
                            + " drained when their agents are back, unless undrain is said before");
            return bestEffort.<Boolean>getValue() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** {@code undrain}. */
    static final class Undrain extends FleetCommand {
        private final Which which = new Which();

        Undrain(Session session) {
            super(session);
        }

        CommandLine line() {
            return described(
                            "undrain",
                            "Lets chains back on drained nodes: a node gets what was assigned to it, then takes part in rollouts again. Does not wait;"
                                    + " status shows how far it is.")
                    .takes(which.names, which.all)
                    .examples("  kubectl bpfchain undrain worker-1", "  kubectl bpfchain undrain --all")
                    .line();
        }

        @Override
        ExitCode run(Fleet fleet) {
            Optional<List<String>> missing = which.missing(fleet);
            if (missing.isPresent()) {
                return which.refuse(this, missing.get());
            }
            for (FleetNode node : which.nodes(fleet)) {
                if (node.isDraining()) {
                    fleet.drain(node, false);
                }
                session()
                        .console()
                        .out()
                        .println("node " + node.name() + (node.isDraining() ? " undrained" : " was not drained"));
            }
            return ExitCode.DONE;
        }
    }

    /** The nodes that a command is about. */
    static final class Which {
        private final PositionalParamSpec names = Described.words(0)
                .paramLabel("NODE")
                .description("The nodes' names.")
                .build();

        private final OptionSpec all = Described.flag("--all")
                .description("Every node that has something assigned.")
                .build();

        private List<FleetNode> nodes(Fleet fleet) {
            boolean every = all.getValue();
            List<String> named = names.getValue();
            return fleet.nodes().stream()
                    .filter(n -> every || named.contains(n.name()))
                    .toList();
        }

        /** Those that are named and have no object. */
        private Optional<List<String>> missing(Fleet fleet) {
            List<String> named = names.getValue();
            if (all.<Boolean>getValue() == !named.isEmpty()) {
                throw new WrongUsage("Give either NODE... or --all");
            }
            List<String> there = nodes(fleet).stream().map(FleetNode::name).toList();
            List<String> missing =
                    named.stream().filter(n -> !there.contains(n)).toList();
            return Optional.of(missing).filter(m -> !m.isEmpty());
        }

        private ExitCode refuse(FleetCommand command, List<String> missing) {
            return command.refused(
                    "NoSuchNode",
                    "node " + String.join(", ", missing)
                            + ": no CgroupProgramNode, so nothing was ever assigned to it; nothing was changed",
                    "kubectl get cgroupprogramnodes lists those that have one.");
        }
    }
}
