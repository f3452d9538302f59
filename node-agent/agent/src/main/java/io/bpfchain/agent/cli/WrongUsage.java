package io.bpfchain.agent.cli;

/** The words of a command line do not go together, which only the command itself can tell. */
final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongUsage(String message) {
        super(message);
    }
}
