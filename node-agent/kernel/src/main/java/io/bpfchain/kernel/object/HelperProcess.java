package io.bpfchain.kernel.object;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the helper, gives it one request, and reads one response or sees it die. */
final class HelperProcess {
    /** Above the helper's own limit (WIRE_LIMIT) and a header. */
    private static final int RESPONSE_LIMIT = (64 << 20) + 64;

    private static final int STDERR_LIMIT = 4096;
    private static final int SIGNALLED = 128;
    private static final int SIGXCPU = 24;

    private final Path executable;

    HelperProcess(Path executable) {
        this.executable = executable;
    }

    /** How a helper ended. */
    sealed interface End {
        record Answered(byte[] response) implements End {}

        /**
         * A signal ended it.
         *
         * @param said what came on standard error, for example from the C library
         */
        record Killed(int signal, String said) implements End {}

        record TimedOut() implements End {}

        /** It could not be started, or ended without a response. */
        record Broken(String how) implements End {}
    }

    End run(byte[] request, Duration timeout) {
        CompletableFuture<Process> started = new CompletableFuture<>();
        FutureTask<End> conversation = new FutureTask<>(() -> converse(started, request));
        // The kernel kills the helper when the thread that started it ends (PR_SET_PDEATHSIG), so that thread must be
        // one that stays.
        Thread.ofPlatform().daemon().name("bpfchain-elf").start(conversation);
        try {
            return conversation.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            killStarted(started);
            return new End.TimedOut();
        } catch (InterruptedException e) {
            killStarted(started);
            Thread.currentThread().interrupt();
            return new End.Broken("the wait for it was interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("talking to " + executable, e.getCause());
        }
    }

    private static void killStarted(CompletableFuture<Process> started) {
        try {
            kill(started.join());
        } catch (CancellationException e) {
            // It never started.
            return;
        }
    }

    /** Returns when the process is gone: only then is what it left behind final. */
    private static void kill(Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private End converse(CompletableFuture<Process> started, byte[] request) throws InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(executable.toString()).directory(Path.of("/").toFile());
        builder.environment().clear();
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            started.cancel(false);
            return new End.Broken("it does not start: " + e.getMessage());
        }
        started.complete(process);
        Optional<String> problem = send(process, request);
        try (InputStream out = process.getInputStream();
                InputStream err = process.getErrorStream()) {
            byte[] response = out.readNBytes(RESPONSE_LIMIT);
            if (response.length == RESPONSE_LIMIT) {
                kill(process);
                return new End.Broken("its response is longer than " + RESPONSE_LIMIT + " bytes");
            }
            return ended(process, response, problem.orElse(""), err);
        } catch (IOException e) {
            kill(process);
            return new End.Broken("its response could not be read: " + e.getMessage());
        }
    }

    /** What kept the helper from reading its request, mostly its end. */
    private static Optional<String> send(Process process, byte[] request) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(request);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("It did not read its request: " + e.getMessage() + ".");
        }
    }

    private static End ended(Process process, byte[] response, String problem, InputStream err)
            throws IOException, InterruptedException {
        String said = WireReader.printable(err.readNBytes(STDERR_LIMIT)).strip();
        int code = process.waitFor();
        if (code == SIGNALLED + SIGXCPU) {
            return new End.TimedOut();
        }
        if (code > SIGNALLED) {
            return new End.Killed(code - SIGNALLED, said);
        }
        if (code != 0 || response.length == 0) {
            return new End.Broken(
                    "exit code %d. %s %s".formatted(code, problem, said).strip());
        }
        return new End.Answered(response);
    }
}
