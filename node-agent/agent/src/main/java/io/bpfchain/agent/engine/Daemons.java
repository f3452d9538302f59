package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.file.ChainDocument;
import java.util.Optional;
import java.util.function.Supplier;

/** What it means that a chain is kept by a daemon when somebody else changes it. Pure. */
final class Daemons {
    private static final String APPLY = "apply";
    private static final String RUN = "run:";
    private static final String CLUSTER = "cluster:";

    private Daemons() {}

    private sealed interface Daemon {
        /** {@code bpfchain run}, from the files of a directory. */
        record Run(String directory) implements Daemon {}

        /** {@code bpfchain agent}, from what a cluster assigns to its node. */
        record Agent() implements Daemon {}
    }

    /** The daemon that keeps a chain; empty where no other than {@code by} does. */
    private static Optional<Daemon> of(String manager, String by) {
        if (manager.equals(by)) {
            return Optional.empty();
        }
        if (manager.startsWith(CLUSTER)) {
            return Optional.of(new Daemon.Agent());
        }
        return manager.startsWith(RUN)
                ? Optional.of(new Daemon.Run(manager.substring(RUN.length())))
                : Optional.empty();
    }

    /**
     * Who applies a chain: its daemon, as long as somebody applies the very file by which the daemon keeps it. So it does not matter
     * which of the two is first when the file was changed.
     *
     * @param keeper who made what runs
     */
    static String applying(ChainDocument document, Supplier<Optional<String>> keeper, String by) {
        String directory = RUN + document.directory().toAbsolutePath().normalize();
        return (by.equals(APPLY) ? keeper.get() : Optional.<String>empty())
                .filter(directory::equals)
                .filter(k -> !document.origin().startsWith("<"))
                .orElse(by);
    }

    /** Why a daemon does not change, or delete, a chain that somebody else has made meanwhile. */
    static Optional<Problem> madeByAnother(String verb, String chain, String manager, String by) {
        return !by.startsWith(RUN) || manager.equals(by)
                ? Optional.empty()
                : Optional.of(new Problem(
                        Problem.Kind.REFUSED,
                        "MadeByAnother",
                        "chain " + chain,
                        verb + " chain " + chain + ": it was made by " + manager + " and is left alone",
                        "Rename the chain in the file, or take the other out: bpfchain delete chain " + chain + "."));
    }

    /** Why a chain is not deleted. */
    static Optional<Problem> refusal(String chain, String manager, String by) {
        Optional<Problem> another = madeByAnother("delete", chain, manager, by);
        if (another.isPresent()) {
            return another;
        }
        return of(manager, by).map(daemon -> switch (daemon) {
            case Daemon.Run(String directory) ->
                kept(
                        chain,
                        "bpfchain run keeps it from its file in " + directory
                                + ", and would make it again when that file changes or the daemon starts",
                        "Delete its file in " + directory
                                + " and the daemon takes the chain out, unless it is the last file there: deleting all files"
                                + " detaches nothing. With --force it is taken out now.");
            case Daemon.Agent _ ->
                kept(
                        chain,
                        "a Kubernetes cluster assigned it to this node, and the node's agent makes it again while that is so",
                        "Delete the CgroupProgramChain in the cluster, or take this node out of its nodeSelector, and the agent takes the"
                                + " chain out. With --force it is taken out now: right where no cluster assigns it any more.");
        });
    }

    private static Problem kept(String chain, String why, String remedy) {
        return new Problem(
                Problem.Kind.REFUSED, "KeptByDaemon", "chain " + chain, "delete chain " + chain + ": " + why, remedy);
    }

    /** What becomes of a chain that somebody else applies. */
    static Optional<String> takenOver(String chain, String manager, String by) {
        return of(manager, by).map(daemon -> switch (daemon) {
            case Daemon.Run(String directory) ->
                "Chain " + chain + " is kept by bpfchain run from its file in " + directory
                        + ". Applying another version takes it over: from then on the daemon leaves the chain alone, and its file"
                        + " has no effect until the chain is deleted (bpfchain delete chain " + chain
                        + ") and the file changes or the daemon starts.";
            case Daemon.Agent _ ->
                "Chain " + chain
                        + " is assigned to this node by a Kubernetes cluster. The node's agent brings the version of the"
                        + " cluster back when it looks next; to stay, change the CgroupProgramChain there.";
        });
    }

    /** How long a revision stays that somebody went back to; nothing of an agent's chain, which is taken over by it. */
    static Optional<String> rolledBack(String chain, String manager) {
        return of(manager, "").flatMap(daemon -> switch (daemon) {
            case Daemon.Run(String directory) ->
                Optional.of(
                        "Chain " + chain + " is kept by bpfchain run from its file in " + directory
                                + ": it goes forward again when that file changes or the daemon starts. Change the file to stay here.");
            case Daemon.Agent _ -> Optional.empty();
        });
    }

    /**
     * Whose a chain is that somebody went back with. An agent reports what the cluster assigned as running while the chain is its own, so
     * that one becomes the person's.
     */
    static String ofRollback(String manager) {
        return manager.startsWith(CLUSTER) ? "rollback" : manager;
    }
}
