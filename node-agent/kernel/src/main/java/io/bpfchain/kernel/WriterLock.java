package io.bpfchain.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One writer on a machine: flock(2) on bpfchain's directory on bpffs, which is the same file for the host and its containers. The kernel
 * lets go of it when the process dies.
 */
public final class WriterLock implements AutoCloseable {
    private static final int LOCK_EXCLUSIVE = 2;
    private static final int LOCK_NONBLOCKING = 4;
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private final Fd fd;

    private WriterLock(Fd fd) {
        this.fd = fd;
    }

    /** What came of trying. */
    public sealed interface Attempt {
        record Acquired(WriterLock lock) implements Attempt {}

        /**
         * Somebody else has it.
         *
         * @param holder a clause that names it as well as can be, for example {@code process 812 (bpfchain apply -f x.yaml)}
         */
        record Held(String holder) implements Attempt {}
    }

    /** Tries until it works or the time is over; zero tries once. */
    public static Attempt acquire(Bpffs bpffs, Duration timeout) throws IOException {
        Path root = bpffs.createRoot();
        Fd fd = Fd.check("open", root, Native.openDirectory(Native.path(root)));
        long deadline = System.nanoTime() + timeout.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            int result = Native.flock(fd.number(), LOCK_EXCLUSIVE | LOCK_NONBLOCKING);
            if (result == 0) {
                return new Attempt.Acquired(new WriterLock(fd));
            }
            if (result != -Errno.EAGAIN) {
                fd.close();
                throw new BpfException("flock", root.toString(), -result);
            }
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                fd.close();
                return new Attempt.Held(holder(root).orElse("another process, which this one cannot see"));
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** {@code /proc/locks} has lines such as {@code 1: FLOCK  ADVISORY  WRITE 812 00:2f:1234 0 EOF}. */
    private static Optional<String> holder(Path directory) throws IOException {
        long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
        long inode = ((Number) Files.getAttribute(directory, "unix:ino")).longValue();
        String file = "%02x:%02x:%d".formatted(major(device), minor(device), inode);
        return Files.readAllLines(LOCKS).stream()
                .map(line -> List.of(line.strip().split("\\s+", -1)))
                .filter(fields -> fields.size() > 5
                        && fields.get(1).equals("FLOCK")
                        && fields.get(5).equals(file))
                .map(fields -> describe(fields.get(4)))
                .findFirst();
    }

    private static long major(long device) {
        return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | ((device >>> 12) & ~0xffL);
    }

    private static String describe(String pid) {
        try {
            String command = Files.readString(Path.of("/proc", pid, "cmdline"))
                    .replaceAll("\\p{Cntrl}", " ")
                    .strip();
            return "process " + pid + (command.isEmpty() ? "" : " (" + command + ")");
        } catch (IOException e) {
            return "process " + pid;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
