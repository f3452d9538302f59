package io.bpfchain.cluster;

import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process that is started again whenever it ends, as a kubelet does with a container. It is never repaired otherwise. */
final class Supervised implements AutoCloseable {
    private static final long BACK_OFF_MILLIS = 300;

    private final Supplier<ProcessBuilder> command;
    private final Thread keeper;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Process process;
    private boolean held;
    private boolean closed;

    /**
     * One that does not run yet.
     *
     * @param command made anew for each start
     */
    Supervised(String name, Supplier<ProcessBuilder> command) {
        this.command = command;
        keeper = Thread.ofPlatform().name("keeps " + name).unstarted(this::keep);
    }

    void start() {
        keeper.start();
    }

    private void keep() {
        try {
            while (true) {
                Process started = next();
                if (started == null) {
                    return;
                }
                started.waitFor();
                TimeUnit.MILLISECONDS.sleep(BACK_OFF_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Process next() throws InterruptedException {
        lock.lock();
        try {
            while (held && !closed) {
                changed.await();
            }
            if (closed) {
                return null;
            }
            process = command.get().start();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /** SIGKILL; it is started again. */
    void kill() {
        end(false, false);
    }

    /** SIGKILL, and it stays down until {@link #release}. */
    void hold() {
        end(true, false);
    }

    /** Starts what was held. */
    void release() {
        lock.lock();
        try {
            held = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** SIGSTOP: it is there and does nothing until {@link #resume}. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        Commands.run(List.of("kill", "-" + signal, Long.toString(pid())));
    }

    private void end(boolean hold, boolean close) {
        Process victim;
        lock.lock();
        try {
            held |= hold;
            closed |= close;
            victim = process;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (victim != null) {
            victim.destroyForcibly().onExit().join();
        }
    }

    /** Of the process that runs, or ran last. */
    long pid() {
        lock.lock();
        try {
            return process == null ? 0 : process.pid();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        end(false, true);
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(false, true); // what was started while the first was killed
    }
}
