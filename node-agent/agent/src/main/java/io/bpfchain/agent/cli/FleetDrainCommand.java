package io.bpfchain.agent.cli;

import io.bpfchain.agent.cli.render.FleetDrainText;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.agent.fleet.FleetNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubectl bpfchain drain} and {@code undrain}. */
final class FleetDrainCommand {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** Up to so many nodes are each asked for; of more all are listed, which costs more and is done more rarely. */
    private static final int FEW = 10;

    private static final Duration BETWEEN_LISTS = Duration.ofSeconds(5);

    private FleetDrainCommand() {}

    /** {@code drain}. */
    @Command(
            name = "drain",
            description = {
                "Takes bpfchain's programs out of nodes on purpose, for example before it is uninstalled; chains and their assignments"
                        + " stay. Chains do without a drained node until undrain.",
                "Sets spec.drain in the nodes' objects and waits until each agent has read from its kernel that nothing is left. Where one"
                        + " does not answer in time it is listed, the command ends with 1, and the node is drained when its agent is back. Also"
                        + " programs of chains with deletionPolicy Retain are taken out; those that a deleted chain left behind stay."
            },
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  kubectl bpfchain drain worker-1", "  kubectl bpfchain drain --all --timeout 10m"})
    static final class Drain extends FleetCommand {
        @Mixin
        private final Which which = new Which();

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                defaultValue = "5m",
                converter = DurationConverter.class,
                description = "How long to wait for the agents, for example 30s or 10m (default: 5m).")
        private Duration timeout = Duration.ofMinutes(5);

        @Option(
                names = "--best-effort",
                description = "End with 0 also where nodes did not answer; they are listed all the same.")
        private boolean bestEffort;

        @Mixin
        private final OutputOption output = new OutputOption();

        Drain(Session session) {
            super(session);
        }

        @Override
        ExitCode run(Fleet fleet) throws InterruptedException {
            Optional<List<String>> missing = which.missing(fleet);
            if (missing.isPresent()) {
                return which.refuse(this, missing.get());
            }
            long end = System.nanoTime() + timeout.toNanos();
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
                if (!bestEffort) {
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
            return bestEffort ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** {@code undrain}. */
    @Command(
            name = "undrain",
            description = {
                "Lets chains back on drained nodes: a node gets what was assigned to it, then takes part in rollouts again. Does not wait;"
                        + " status shows how far it is."
            },
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  kubectl bpfchain undrain worker-1", "  kubectl bpfchain undrain --all"})
    static final class Undrain extends FleetCommand {
        @Mixin
        private final Which which = new Which();

        Undrain(Session session) {
            super(session);
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
        @Parameters(arity = "0..*", paramLabel = "NODE", description = "The nodes' names.")
        private List<String> names = new ArrayList<>();

        @Option(names = "--all", description = "Every node that has something assigned.")
        private boolean all;

        @Spec(Spec.Target.MIXEE)
        private @Nullable CommandSpec spec;

        private List<FleetNode> nodes(Fleet fleet) {
            return fleet.nodes().stream()
                    .filter(n -> all || names.contains(n.name()))
                    .toList();
        }

        /** Those that are named and have no object. */
        private Optional<List<String>> missing(Fleet fleet) {
            if (all == !names.isEmpty()) {
                throw new ParameterException(
                        Objects.requireNonNull(spec).commandLine(), "Give either NODE... or --all");
            }
            List<String> there = nodes(fleet).stream().map(FleetNode::name).toList();
            List<String> missing =
                    names.stream().filter(n -> !there.contains(n)).toList();
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
