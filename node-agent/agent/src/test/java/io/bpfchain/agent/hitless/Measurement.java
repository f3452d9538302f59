package io.bpfchain.agent.hitless;

import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.traffic.Traces;
import io.bpfchain.kernel.testing.traffic.Traffic;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.IntConsumer;

/**
 * What happened to traffic while updates were made.
 *
 * @param updates how many
 * @param findings over all packets
 * @param streamed bytes of the TCP stream that ran beside
 * @param streamBroken whether one of these was wrong, or the connection ended
 */
record Measurement(long updates, Traces.Findings findings, long streamed, boolean streamBroken) {
    /** Packets of one round; the tracer has room for more. */
    private static final int ROUND = 500_000;

    /** How much is enough. */
    record Goal(long updates, long packets) {
        /**
         * What {@code make test} asks for. In a soak ({@code -Dbpfchain.soak=true}) every measurement makes 100,000 updates; on an
         * emulated machine {@code -Dbpfchain.traffic.percent} asks for less.
         */
        static Goal of(long updates, long packets) {
            return of(updates, packets, 100_000);
        }

        /** The same with another number of updates in a soak, for updates that take long. */
        static Goal of(long updates, long packets, long soak) {
            long percent = Long.getLong("bpfchain.traffic.percent", 100);
            long more = Boolean.getBoolean("bpfchain.soak") ? soak : 0;
            return new Goal(Math.max(updates * percent / 100, more), packets * percent / 100);
        }
    }

    /**
     * Sends numbered packets and streams bytes inside the cgroup while {@code update} is called again and again (with 0, 1, 2, ...),
     * until there were enough of both. There is traffic as long as there are updates.
     *
     * @param right the traces that a packet may have
     */
    static Measurement run(TestCgroup cgroup, Path tracePin, Goal goal, Collection<String> right, IntConsumer update) {
        long updates = 0;
        Traces.Findings sum = new Traces.Findings(0, 0, 0, 0, 0);
        try (Traffic tcp = Traffic.tcp(cgroup, 42)) {
            while (updates < goal.updates() || sum.packets() < goal.packets()) {
                Traces.reset(tracePin);
                long missing = goal.packets() - sum.packets();
                int count = missing > 0 ? Math.clamp(missing, 1_000, ROUND) : ROUND;
                try (Traffic udp = Traffic.udp(cgroup, HitlessRig.PORT, 0, count, 0)) {
                    while (udp.running() && (missing > 0 || updates < goal.updates())) {
                        update.accept((int) updates++);
                    }
                    Traffic.Sent sent = missing > 0 ? udp.finish() : udp.stop();
                    sum = sum.plus(Traces.read(tracePin, 0, sent.packets()).against(right));
                }
            }
            Traffic.Streamed streamed = tcp.stopStream();
            return new Measurement(
                    updates, sum, streamed.received(), streamed.broken() || streamed.received() != streamed.sent());
        }
    }

    /** Prints one line for people who read the log. */
    Measurement report(String what) {
        System.out.printf(
                "%-52s %,9d updates %,11d packets: %,d missed, %,d doubled, %,d out of order; TCP %,d bytes%s%n",
                what,
                updates,
                findings.packets(),
                findings.missed(),
                findings.doubled(),
                findings.disordered(),
                streamed,
                streamBroken ? " BROKEN" : "");
        return this;
    }
}
