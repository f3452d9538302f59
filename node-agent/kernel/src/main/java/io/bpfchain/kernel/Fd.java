package io.bpfchain.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor with one owner. Close is idempotent, so a number that the process has since reused is never closed by
 * accident; use after close is a bug and says so.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;
    private final String what;

    /**
     * Takes ownership.
     *
     * @param what it refers to, for messages
     */
    Fd(int number, String what) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
        this.what = what;
    }

    /** Takes ownership of the result of a native call, or throws what its {@code -errno} means. */
    static Fd check(String call, Object what, int value) throws BpfException {
        return new Fd(BpfException.check(call, what, value), what.toString());
    }

    /** The number, valid until {@link #close}. */
    public int number() {
        int value = number.get();
        if (value == CLOSED) {
            throw new IllegalStateException("the descriptor of " + what + " is closed");
        }
        return value;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    @Override
    public void close() {
        int value = number.getAndSet(CLOSED);
        if (value != CLOSED) {
            Native.close(value);
        }
    }

    @Override
    public String toString() {
        return what;
    }
}
