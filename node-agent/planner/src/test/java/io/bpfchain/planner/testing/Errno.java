package io.bpfchain.planner.testing;

import io.bpfchain.planner.Kernel.KernelError;

/** The error numbers that changes of a list can answer with ({@code include/uapi/asm-generic/errno*.h}). */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    E2BIG(7),
    EBADF(9),
    ENOMEM(12),
    EINVAL(22),
    ESTALE(116);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** As the port reports it. */
    public KernelError from(String call) {
        return new KernelError(call, number, name());
    }
}
