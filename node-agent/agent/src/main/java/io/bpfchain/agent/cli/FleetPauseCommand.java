package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.Fleet.Written;
import io.bpfchain.agent.fleet.FleetChain;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain pause} and {@code resume}. */
final class FleetPauseCommand {
    private FleetPauseCommand() {}

    /** {@code pause}. */
    static CommandLine pause(Session session) {
        return new Change(session, true)
                .line(
                        "pause",
                        "Lets no further node begin to change; nodes that have begun finish. Sets rollout.paused of the chain, and nothing else.");
    }

    /** {@code resume}. */
    static CommandLine resume(Session session) {
        return new Change(session, false)
                .line(
                        "resume",
                        "Lets a paused rollout go on. Gives rollout.paused up; where the chain's own source sets it, that is said.");
    }

    /** What both do. */
    private static final class Change extends FleetCommand {
        private final boolean paused;

        private final PositionalParamSpec name = Described.parameter(0)
                .paramLabel("NAME")
                .description("The chain's name.")
                .build();

        private final OptionSpec force = Described.flag("--force-conflicts")
                .description("Take the field over where another field manager owns it, which may write it back.")
                .build();

        Change(Session session, boolean paused) {
            super(session);
            this.paused = paused;
        }

        private CommandLine line(String command, String description) {
            return described(command, description)
                    .takes(name, force)
                    .examples("  kubectl bpfchain " + command + " egress-firewall")
                    .line();
        }

        @Override
        ExitCode run(Fleet fleet) {
            String name = this.name.getValue();
            Optional<FleetChain> chain = fleet.chain(name);
            if (chain.isEmpty()) {
                return noSuchChain(name);
            }
            return switch (fleet.pause(chain.get(), paused, force.getValue())) {
                case Written.Done _ -> {
                    session().console().out().println("chain " + name + (paused ? " paused" : " resumed"));
                    yield ExitCode.DONE;
                }
                case Written.Conflict(String message) ->
                    refused(
                            "Conflict",
                            (paused ? "pause" : "resume") + " chain " + name + ": " + message,
                            "Set spec.rollout.paused: " + paused
                                    + " where that manager takes the chain from, or take the field over with --force-conflicts.");
            };
        }
    }
}
