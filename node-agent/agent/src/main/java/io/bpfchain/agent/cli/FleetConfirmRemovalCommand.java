package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.HeldRemoval;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain confirm-removal}. */
final class FleetConfirmRemovalCommand extends FleetCommand {
    private final PositionalParamSpec token = Described.optional()
            .paramLabel("TOKEN")
            .description("Names the removal.")
            .build();

    FleetConfirmRemovalCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "confirm-removal",
                        "Confirms a removal that the operator holds (Event and metric MassRemovalHeld): more than one chain and more than half of all"
                                + " assignments would go at once, or the definition of chains is another one than before.",
                        "Without TOKEN shows what is held. The token names exactly that removal; when something is added to it, it has another one.")
                .takes(token)
                .examples("  kubectl bpfchain confirm-removal", "  kubectl bpfchain confirm-removal 1f0c3a5b7d9e")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        @Nullable String token = this.token.getValue();
        Optional<HeldRemoval> found = fleet.heldRemoval();
        if (found.isEmpty()) {
            return token == null
                    ? say("No removal is held.")
                    : refused(
                            "NothingHeld",
                            "confirm the removal " + token + ": no removal is held",
                            "Either it was carried out, or the chains are back.");
        }
        HeldRemoval held = found.get();
        String chains = String.join(", ", held.chains());
        if (token == null) {
            return say("Held: chains " + chains + " would be taken out of their nodes"
                    + (held.confirmed()
                            ? "; confirmed, the operator takes them out now."
                            : ".\nTo let them go: kubectl bpfchain confirm-removal " + held.token()));
        }
        if (!held.token().equals(token)) {
            return refused(
                    "AnotherRemoval",
                    "confirm the removal " + token + ": what is held now is " + held.token() + " (chains " + chains
                            + ")",
                    "Look at what would go, and confirm that token if it may.");
        }
        fleet.confirm(held);
        return say("Confirmed: the operator takes chains " + chains + " out of their nodes within seconds.");
    }

    private ExitCode say(String text) {
        session().console().out().println(text);
        return ExitCode.DONE;
    }
}
