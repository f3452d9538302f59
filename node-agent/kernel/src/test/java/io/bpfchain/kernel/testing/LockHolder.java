package io.bpfchain.kernel.testing;

import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A main class for another process: takes the writer lock of a bpffs, says so, and keeps it until its input ends or it is killed. */
public final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        BpffsSearch.Result found = BpffsSearch.find(Optional.of(Path.of(arguments[0])));
        Bpffs bpffs = ((BpffsSearch.Result.Found) found).bpffs();
        System.out.println(WriterLock.acquire(bpffs, Duration.ZERO).getClass().getSimpleName());
        while (System.in.read() >= 0) {}
    }

    /** Starts one; it has the lock when this returns. */
    public static Process start(Path bpffs) throws IOException {
        Process process = new ProcessBuilder(TestJvm.command(List.of(), LockHolder.class, bpffs.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = process.inputReader().readLine();
        if (!"Acquired".equals(line)) {
            process.destroyForcibly();
            throw new IllegalStateException("the other process did not get the lock: " + line);
        }
        return process;
    }
}
