package io.bpfchain.cluster;

import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.kernel.testing.traffic.Traces;
import io.bpfchain.kernel.testing.traffic.Traffic;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Numbered packets through the chains of tracers, ten thousand a second, and what each of them met. */
final class PacketWatch implements AutoCloseable {
    /** Where they go; nobody listens there. */
    static final int PORT = 40_377;

    private static final int RATE = 10_000;
    private static final int LOOK_MILLIS = 20;

    private final TestCgroup cgroup;
    private final Path pin;
    private final AtomicBoolean end = new AtomicBoolean();
    private final CountDownLatch sending = new CountDownLatch(1);
    private final CompletableFuture<Traces.Findings> findings;

    /**
     * Begins, and returns when packets pass.
     *
     * @param pin of the tracers' map
     */
    PacketWatch(TestCgroup cgroup, Path pin) {
        this.cgroup = cgroup;
        this.pin = pin;
        findings = CompletableFuture.supplyAsync(
                this::watch,
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("sends packets").factory()));
    }

    private Traces.Findings watch() {
        Traces.Findings sum = new Traces.Findings(0, 0, 0, 0, 0);
        while (!end.get()) {
            sum = sum.plus(round());
        }
        return sum;
    }

    /** As many packets as the map has room for, or until the end. */
    private Traces.Findings round() {
        Traces.reset(pin);
        try (Traffic udp = Traffic.udp(cgroup, PORT, 0, Tracer.TRACES, RATE)) {
            sending.countDown();
            while (udp.running() && !end.get()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            Traffic.Sent sent = udp.stop();
            return Traces.read(pin, 0, sent.packets()).against(List.of("1234"));
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** Ends, and tells what the packets met. */
    Traces.Findings finish() {
        end.set(true);
        return findings.join();
    }

    @Override
    public void close() {
        end.set(true);
        findings.handle((done, failure) -> true).join();
    }
}
