package io.bpfchain.kernel.testing.traffic;

import io.bpfchain.kernel.testing.TestCgroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A running sender inside a cgroup. It is bounded by its count, and it ends when its test ends, however that comes about. */
public final class Traffic implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private String lastLine = "";

    private Traffic(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            output = process.inputReader(StandardCharsets.UTF_8);
            String first = output.readLine();
            if (!"ready".equals(first)) {
                throw new IllegalStateException(String.join(" ", command) + ": did not begin, said " + first);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * UDP packets to 127.0.0.1, numbered from {@code first} on.
     *
     * @param rate packets a second; 0 = as fast as possible
     */
    public static Traffic udp(TestCgroup cgroup, int port, int first, int count, int rate) {
        List<String> arguments = List.of(
                "udp",
                "127.0.0.1",
                Integer.toString(port),
                Integer.toString(first),
                Integer.toString(count),
                Integer.toString(rate));
        return new Traffic(CProgram.inside(cgroup, CProgram.command("traffic", arguments)));
    }

    /** One established TCP connection through which numbers go that the receiver compares byte by byte. */
    public static Traffic tcp(TestCgroup cgroup, long seed) {
        return new Traffic(
                CProgram.inside(cgroup, CProgram.command("traffic", List.of("tcp", Long.toUnsignedString(seed)))));
    }

    /** Whether it is still sending. */
    public boolean running() {
        return process.isAlive();
    }

    /** Lets a UDP sender finish its count. */
    public Sent finish() {
        String line = lastLine();
        return new Sent(number(line, "sent"), number(line, "denied"));
    }

    /** Ends a UDP sender early. */
    public Sent stop() {
        tellToStop();
        return finish();
    }

    /** Ends a TCP stream. */
    public Streamed stopStream() {
        tellToStop();
        String line = lastLine();
        return new Streamed(number(line, "sent"), number(line, "received"), number(line, "broken") != 0);
    }

    private String lastLine() {
        try {
            if (lastLine.isEmpty()) {
                String line = output.readLine();
                int code = process.waitFor();
                if (line == null || code != 0) {
                    throw new IllegalStateException("the sender failed: exit " + code);
                }
                lastLine = line;
            }
            return lastLine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void tellToStop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number behind a word of {@code sent 5 denied 0 ...}. */
    private static long number(String line, String word) {
        List<String> words = List.of(line.split(" "));
        return Long.parseLong(words.get(words.indexOf(word) + 1));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            output.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a UDP sender did.
     *
     * @param packets that it handed to the kernel; their numbers are without a hole
     * @param denied how many of them the kernel answered with EPERM
     */
    public record Sent(long packets, long denied) {}

    /**
     * What went through a TCP stream, in bytes.
     *
     * @param broken whether a byte was wrong or the connection ended by itself
     */
    public record Streamed(long sent, long received, boolean broken) {}
}
