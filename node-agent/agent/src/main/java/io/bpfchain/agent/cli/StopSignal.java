package io.bpfchain.agent.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT of a daemon: lets the change that is being made end, then leaves with 0, because being stopped is no failure. Waits
 * for the daemon's work and not for its thread, which goes on to {@link System#exit} and waits there for this hook.
 */
final class StopSignal implements AutoCloseable {
    private static final int LONGEST_SECONDS = 60;

    private final CountDownLatch ended = new CountDownLatch(1);

    private StopSignal() {}

    /**
     * Awaits the signal until the process ends.
     *
     * @param stop makes the daemon end after what it does at the moment
     */
    static StopSignal awaits(Runnable stop) {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.came(stop), "stop"));
        return signal;
    }

    private void came(Runnable stop) {
        stop.run();
        try {
            boolean inTime = ended.await(LONGEST_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt((inTime ? ExitCode.DONE : ExitCode.FAILED).number());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The daemon has ended its work. */
    @Override
    public void close() {
        ended.countDown();
    }
}
