package io.bpfchain.kernel;

import io.bpfchain.planner.Kernel.KernelError;
import java.io.IOException;

/** A system call that was refused: which one, on what, and the answer. */
public final class BpfException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String what;
    private final int errno;

    /**
     * @param call for example {@code BPF_OBJ_GET}
     * @param what the object of the call, for people: a path, a program, a cgroup
     * @param errno positive
     */
    public BpfException(String call, String what, int errno) {
        this.call = call;
        this.what = what;
        this.errno = errno;
    }

    /** The value of a native call, or the exception that its {@code -errno} means. */
    static int check(String call, Object what, int value) throws BpfException {
        if (value < 0) {
            throw new BpfException(call, what.toString(), -value);
        }
        return value;
    }

    /** The call, the object and the name of the error. */
    @Override
    public String getMessage() {
        return call + " " + what + ": " + errnoName();
    }

    public String call() {
        return call;
    }

    public String what() {
        return what;
    }

    /** Positive. */
    public int errno() {
        return errno;
    }

    /** For example {@code ENOENT}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    /** The same as the planner's port tells it. */
    public KernelError toKernelError() {
        return new KernelError(call, errno, errnoName());
    }
}
