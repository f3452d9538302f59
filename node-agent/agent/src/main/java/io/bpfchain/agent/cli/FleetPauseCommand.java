package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.Fleet.Written;
import io.bpfchain.agent.fleet.FleetChain;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubectl bpfchain pause} and {@code resume}. */
final class FleetPauseCommand {
    private FleetPauseCommand() {}

    /** {@code pause}. */
    @Command(
            name = "pause",
            description = {
                "Lets no further node begin to change; nodes that have begun finish. Sets rollout.paused of the chain, and nothing else."
            },
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = "  kubectl bpfchain pause egress-firewall")
    static final class Pause extends Change {
        Pause(Session session) {
            super(session, true);
        }
    }

    /** {@code resume}. */
    @Command(
            name = "resume",
            description = {
                "Lets a paused rollout go on. Gives rollout.paused up; where the chain's own source sets it, that is said."
            },
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = "  kubectl bpfchain resume egress-firewall")
    static final class Resume extends Change {
        Resume(Session session) {
            super(session, false);
        }
    }

    /** What both do. */
    abstract static class Change extends FleetCommand {
        private final boolean paused;

        @Parameters(index = "0", paramLabel = "NAME", description = "The chain's name.")
        private String name = "";

        @Option(
                names = "--force-conflicts",
                description = "Take the field over where another field manager owns it, which may write it back.")
        private boolean force;

        Change(Session session, boolean paused) {
            super(session);
            this.paused = paused;
        }

        @Override
        final ExitCode run(Fleet fleet) {
            Optional<FleetChain> chain = fleet.chain(name);
            if (chain.isEmpty()) {
                return noSuchChain(name);
            }
            return switch (fleet.pause(chain.get(), paused, force)) {
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
