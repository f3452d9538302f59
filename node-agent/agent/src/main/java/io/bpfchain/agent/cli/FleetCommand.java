package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Fleet;
import java.util.concurrent.Callable;

/** A command about a cluster. */
abstract class FleetCommand implements Callable<Integer> {
    private final Session session;

    private final FleetOptions where = new FleetOptions();

    FleetCommand(Session session) {
        this.session = session;
    }

    /** Begins the description of the command: what all of them take. */
    final Described described(String command, String... description) {
        return new Described(command, this, description).takes(where.options());
    }

    /** Does the work. */
    abstract ExitCode run(Fleet fleet) throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        try (Fleet fleet = session.clusters().connect(where.access())) {
            return run(fleet).number();
        }
    }

    final Session session() {
        return session;
    }

    /** Says that the cluster has no such chain. */
    final ExitCode noSuchChain(String name) {
        return refused(
                "NoSuchChain",
                "chain " + name + ": not in this cluster",
                "kubectl bpfchain status lists those that are; kubectl bpfchain history " + name
                        + " shows whether it was.");
    }

    final ExitCode refused(String reason, String message, String remedy) {
        return session.refused(new Problem(Problem.Kind.REFUSED, reason, message, message, remedy));
    }
}
