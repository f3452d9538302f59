package io.bpfchain.agent.state;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.FileAnswer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/** The state directory cannot be read, written or understood. Nothing may be concluded from what could not be read. */
public final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Attempts that need no right to write. */
    private static final Set<String> READING = Set.of("read", "look at", "list");

    private final transient Problem problem;

    StateException(Problem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    /**
     * What is kept is about cgroups below another root than the one that is looked at.
     *
     * @param chain one of those that were applied there
     */
    public static StateException otherRoot(Path state, String chain, String applied, String looked) {
        return new StateException(new Problem(
                Problem.Kind.REFUSED,
                "OtherCgroupRoot",
                looked,
                "look for the cgroups of chain " + chain + " below " + looked + ": it was applied with the cgroup root "
                        + applied + ", and what is missing here is not gone there",
                "Use the same --cgroup-root for all chains of a state directory (" + state
                        + "); chains below another one need a --state-dir and --bpffs of their own."));
    }

    private StateException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    /** A file or directory that cannot be read or written. */
    static StateException io(String attempt, Path path, IOException cause) {
        FileAnswer answer = FileAnswer.of(cause);
        return new StateException(
                new Problem(
                        answer.denied() ? Problem.Kind.NOT_PERMITTED : Problem.Kind.FAILED,
                        "StateUnavailable",
                        path.toString(),
                        attempt + " " + path + ": " + answer.text(),
                        remedy(READING.contains(attempt), answer) + " What is attached stays attached."),
                cause);
    }

    private static String remedy(boolean reading, FileAnswer answer) {
        if (answer.full()) {
            return "Free space on the file system of the state directory (df shows it), or name one elsewhere with"
                    + " --state-dir.";
        }
        if (answer.readOnly()) {
            return "Mount the file system of the state directory writable, or name one elsewhere with --state-dir.";
        }
        if (answer.denied()) {
            return reading
                    ? "Run as root, or as somebody who may read the state directory (CAP_DAC_READ_SEARCH)."
                    : "Run as root, or as somebody who may write to the state directory (CAP_DAC_OVERRIDE), or name"
                            + " another one with --state-dir.";
        }
        return "Look at the file system of the state directory, or name one elsewhere with --state-dir.";
    }

    /** A file whose content is not what bpfchain wrote. */
    static StateException corrupt(Path path, Exception cause) {
        return new StateException(
                new Problem(
                        Problem.Kind.FAILED,
                        "StateCorrupt",
                        path.toString(),
                        "read " + path + ": not what bpfchain wrote: " + firstLine(describe(cause)),
                        "Restore the file from a backup, or move it away to let bpfchain forget what it said; what is attached stays attached."),
                cause);
    }

    /** Bytes that a revision names and that are not there any more. */
    static StateException gone(Path path) {
        return new StateException(
                new Problem(
                        Problem.Kind.FAILED,
                        "StateCorrupt",
                        path.toString(),
                        "read " + path + ": a revision names it and it is gone",
                        "Apply the chain from its file, which stores the bytes anew, or restore this file from a backup; what is attached"
                                + " stays attached."),
                new NoSuchFileException(path.toString()));
    }

    public Problem problem() {
        return problem;
    }

    private static String describe(Exception cause) {
        String message = cause.getMessage();
        String kind = cause.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ": " + message;
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
