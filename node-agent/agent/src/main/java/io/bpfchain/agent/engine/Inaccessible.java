package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.FileAnswer;
import io.bpfchain.kernel.Privileges;
import io.bpfchain.kernel.Privileges.Capability;
import io.bpfchain.planner.Kernel.KernelError;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** The machine cannot be looked at, so nothing can be answered. */
public final class Inaccessible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    private Inaccessible(Problem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** While something was only read. */
    static Inaccessible toRead(Bpffs bpffs, IOException cause) {
        return new Inaccessible(reading(bpffs, cause), cause);
    }

    /** Names what reading needs, and never a right to write. */
    static Problem reading(Bpffs bpffs, IOException cause) {
        FileAnswer answer = FileAnswer.of(cause);
        return problem(
                answer,
                bpffs,
                "look at this machine (pins below " + bpffs + "): " + text(answer, cause),
                answer.denied()
                        ? Privileges.read().remedy(Capability.DAC_READ_SEARCH, Capability.BPF, Capability.NET_ADMIN)
                        : answer.full()
                                ? "Free space on the file system of temporary files."
                                : "Check that the BPF file system is mounted, then try again.");
    }

    /** While something was to be changed. */
    static Problem changing(Bpffs bpffs, IOException cause) {
        FileAnswer answer = FileAnswer.of(cause);
        return problem(
                answer,
                bpffs,
                "use the bpffs at " + bpffs.mount() + ": " + text(answer, cause),
                answer.denied()
                        ? Privileges.read().remedy(Capability.DAC_OVERRIDE, Capability.BPF, Capability.NET_ADMIN)
                        : "Check that the BPF file system is mounted and writable, then try again.");
    }

    /** Lists that may not be read. */
    static Problem lists(KernelError error) {
        return new Problem(
                Problem.Kind.NOT_PERMITTED,
                "NotPermitted",
                "cgroups",
                "read which programs are attached: " + error.call() + ": " + error.name()
                        + "; it is not permitted to look, which says nothing about what is there",
                Privileges.read().remedy(Capability.NET_ADMIN, Capability.BPF));
    }

    private static Problem problem(FileAnswer answer, Bpffs bpffs, String message, String remedy) {
        return new Problem(
                answer.denied() ? Problem.Kind.NOT_PERMITTED : Problem.Kind.FAILED,
                answer.denied() ? "NotPermitted" : "InputOutput",
                bpffs.toString(),
                message,
                remedy);
    }

    private static String text(FileAnswer answer, IOException cause) {
        return cause instanceof BpfException || !(cause instanceof FileSystemException file) || file.getFile() == null
                ? answer.text()
                : file.getFile() + ": " + answer.text();
    }
}
