package io.bpfchain.agent.cli;

import io.bpfchain.agent.Host;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** One line of a terminal that shows how far a work is, changes at most some times a second, and is gone at the end. */
final class ProgressLine implements Host.Progress, AutoCloseable {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String WIPE = "\r\u001b[K";

    private final PrintStream terminal;
    private String phase = "";
    private long printed;
    private boolean visible;

    ProgressLine(PrintStream terminal) {
        this.terminal = terminal;
    }

    @Override
    public void advanced(String phase, int done, int total) {
        if (done >= total) {
            close();
            return;
        }
        long now = System.nanoTime();
        if (!phase.equals(this.phase) || now - printed >= PAUSE) {
            terminal.print(WIPE + phase + " " + done + "/" + total);
            terminal.flush();
            this.phase = phase;
            printed = now;
            visible = true;
        }
    }

    /** Wipes it out. */
    @Override
    public void close() {
        if (visible) {
            terminal.print(WIPE);
            terminal.flush();
            visible = false;
        }
    }
}
