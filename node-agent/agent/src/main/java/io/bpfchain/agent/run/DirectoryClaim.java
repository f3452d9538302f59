package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Says that this process keeps a directory of chain files, so that no second one does: both would repair, delete and report the same
 * chains. It is a lock of the kernel's on a file of the state directory ({@code fcntl(2)}), which ends with the process; the file holds the
 * process's number and stays.
 */
public final class DirectoryClaim implements AutoCloseable {
    private static final int LONGEST_NUMBER = 20;

    private final FileChannel file;

    private DirectoryClaim(FileChannel file) {
        this.file = file;
    }

    /** What came of claiming. */
    public sealed interface Attempt {
        record Claimed(DirectoryClaim claim) implements Attempt {
            public Claimed {
                Objects.requireNonNull(claim);
            }
        }

        /** Another process keeps it. */
        record Refused(Problem problem) implements Attempt {
            public Refused {
                Objects.requireNonNull(problem);
            }
        }
    }

    /**
     * Claims at once, or not at all.
     *
     * @param state the state directory
     * @param directory of the chain files, absolute
     * @throws IOException where it cannot be told whether another process keeps it
     */
    public static Attempt of(Path state, Path directory) throws IOException {
        Files.createDirectories(state);
        FileChannel file = FileChannel.open(
                state.resolve("run-" + Integer.toHexString(directory.hashCode()) + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            if (file.tryLock() == null) {
                String process = read(file);
                file.close();
                return new Attempt.Refused(problem(directory, process));
            }
            file.truncate(0);
            file.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new Attempt.Claimed(new DirectoryClaim(file));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer number = ByteBuffer.allocate(LONGEST_NUMBER);
        file.read(number, 0);
        return new String(number.array(), 0, number.position(), StandardCharsets.US_ASCII).strip();
    }

    private static Problem problem(Path directory, String process) {
        return new Problem(
                Problem.Kind.FAILED,
                "AlreadyRunning",
                directory.toString(),
                "keep the files of " + directory + " applied: process " + process + " (bpfchain run) does so already",
                "Stop that one first, for example with systemctl stop bpfchain or kill " + process
                        + ", or give this one another directory.");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
