package io.bpfchain.agent.fleet;

import io.bpfchain.agent.ApplyOutcome.Problem;

/** The API server did not do what it was asked: it is away, it refuses, or it does not accept what it was given. */
public final class FleetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** One that nothing else caused. */
    public FleetException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public FleetException(Problem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
