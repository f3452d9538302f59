package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import java.util.Optional;

/** What it means that a chain is kept by a daemon ({@code bpfchain run}) when somebody else changes it. Pure. */
final class Daemons {
    private static final String MARK = "run:";

    private Daemons() {}

    /** The directory of the daemon that keeps a chain; empty where no other daemon than {@code by} does. */
    private static Optional<String> directory(String manager, String by) {
        return manager.startsWith(MARK) && !manager.equals(by)
                ? Optional.of(manager.substring(MARK.length()))
                : Optional.empty();
    }

    /** Why a chain is not deleted. */
    static Optional<Problem> refusal(String chain, String manager, String by) {
        return directory(manager, by)
                .map(d -> new Problem(
                        Problem.Kind.REFUSED,
                        "KeptByDaemon",
                        "chain " + chain,
                        "delete chain " + chain + ": bpfchain run keeps it from its file in " + d
                                + ", and would make it again when that file changes or the daemon starts",
                        "Delete its file in " + d
                                + " and the daemon takes the chain out, unless it is the last file there: deleting all files"
                                + " detaches nothing. With --force it is taken out now."));
    }

    /** What becomes of a chain that somebody else applies. */
    static Optional<String> takenOver(String chain, String manager, String by) {
        return directory(manager, by)
                .map(d -> "Chain " + chain + " is kept by bpfchain run from its file in " + d
                        + ". Applying another version takes it over: from then on the daemon leaves the chain alone, and its file"
                        + " has no effect until the chain is deleted (bpfchain delete chain " + chain + ").");
    }

    /** How long a revision stays that somebody went back to. */
    static Optional<String> rolledBack(String chain, String manager) {
        return directory(manager, "")
                .map(
                        d -> "Chain " + chain + " is kept by bpfchain run from its file in " + d
                                + ": it goes forward again when that file changes or the daemon starts. Change the file to stay here.");
    }
}
