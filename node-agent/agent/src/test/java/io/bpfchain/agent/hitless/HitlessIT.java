package io.bpfchain.agent.hitless;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.hitless.Measurement.Goal;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.PlanResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The planner and the executor against the real kernel, as fast as they can, under traffic. */
@Tag("kernel")
class HitlessIT {
    private final TestCgroup cgroup = TestCgroup.create();
    private final TestBpffs bpffs = TestBpffs.mount();
    private final HitlessRig rig = new HitlessRig("tracer", 100, cgroup.cgroup(), bpffs.directory());

    @AfterEach
    void end() {
        rig.close();
        bpffs.close();
        cgroup.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void missesDoublesAndDisordersNothingWhileAllProgramsAreReplaced(int programs) throws Exception {
        int[] digits = IntStream.rangeClosed(1, programs).toArray();
        List<List<DesiredEntry>> versions =
                List.of(rig.load("a", 1, Optional.empty(), digits), rig.load("b", 2, Optional.of("a"), digits));
        rig.update(versions.get(1));

        Measurement measured = Measurement.run(
                        cgroup,
                        rig.tracePin("a"),
                        Goal.of(2_000, 400_000),
                        List.of(trace(digits)),
                        i -> rig.update(versions.get(i % 2)))
                .report("chain of " + programs + ", every program replaced");

        assertHitless(measured);
        assertThat(counted("a")).isEqualTo(measured.findings().packets());
    }

    /** The maps are those of the first instance all the time; every other one comes and goes while packets pass. */
    @Test
    void missesNothingWhileNewVersionsAreLoadedAndOldOnesLetGo() throws Exception {
        int every = 50;
        List<String> names = new ArrayList<>(List.of("a", "a0"));
        List<List<DesiredEntry>> versions = new ArrayList<>(
                List.of(rig.load("a", 1, Optional.empty(), 1, 2, 3), rig.load("a0", 2, Optional.of("a"), 1, 2, 3)));
        rig.update(versions.get(1));
        AtomicInteger loads = new AtomicInteger();

        Measurement measured = Measurement.run(
                        cgroup, rig.tracePin("a"), Goal.of(2_000, 200_000), List.of("123"), i -> {
                            int turn = i % 2;
                            if (i % every == turn && i >= every) {
                                String name = "n" + loads.incrementAndGet();
                                versions.set(turn, rig.load(name, i, Optional.of("a"), 1, 2, 3));
                                String old = names.set(turn, name);
                                if (!old.equals("a")) {
                                    rig.unload(old);
                                }
                            }
                            rig.update(versions.get(turn));
                        })
                .report("chain of 3, loaded anew every " + every + " updates");

        assertHitless(measured);
        assertThat(loads.get()).isPositive().isGreaterThanOrEqualTo((int) (measured.updates() / every) - 1);
        assertThat(counted("a")).isEqualTo(measured.findings().packets());
    }

    /** Each way is measured alone, so that a packet may have the one list or the other and nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"1234", "2534", "2346"})
    void missesNothingWhileAProgramIsInsertedAndRemoved(String longer) {
        List<DesiredEntry> all = rig.load("a", 1, Optional.empty(), 1, 2, 3, 4, 5, 6);
        List<List<DesiredEntry>> lists = List.of(pick(all, "234"), pick(all, longer));
        rig.update(lists.getLast());
        if (!rig.positions() && !longer.startsWith("234")) {
            rig.update(lists.getFirst());
            assertRefusedForWantOfPositions(lists.getLast());
            return;
        }

        Measurement measured = Measurement.run(
                        cgroup,
                        rig.tracePin("a"),
                        Goal.of(2_000, 100_000),
                        List.of("234", longer),
                        i -> rig.update(lists.get(i % 2)))
                .report("insertion and removal, 234 <-> " + longer);

        assertHitless(measured);
    }

    /** Three changes in one update: each is made alone, and whatever both lists contain is never missing. */
    @Test
    void missesNothingWhileSeveralProgramsAreInsertedAndRemoved() {
        List<DesiredEntry> all = rig.load("a", 1, Optional.empty(), 1, 2, 3, 4, 5, 6);
        List<List<DesiredEntry>> lists = List.of(pick(all, "234"), pick(all, "125346"));
        rig.update(lists.getLast());
        if (!rig.positions()) {
            rig.update(lists.getFirst());
            assertRefusedForWantOfPositions(lists.getLast());
            return;
        }

        Measurement measured = Measurement.run(
                        cgroup,
                        rig.tracePin("a"),
                        Goal.of(2_000, 100_000),
                        List.of("234", "1234", "2534", "2346", "12534", "12346", "25346", "125346"),
                        i -> rig.update(lists.get(i % 2)))
                .report("insertion and removal, 234 <-> 125346");

        assertHitless(measured);
    }

    @Test
    void missesNothingWhileAnotherProcessUpdatesAChainOfTheSameHook() throws Exception {
        List<List<DesiredEntry>> versions =
                List.of(rig.load("a", 1, Optional.empty(), 1, 2, 3), rig.load("b", 2, Optional.of("a"), 1, 2, 3));
        rig.update(versions.get(1));
        try (NeighbourProcess neighbour = NeighbourProcess.start(cgroup, bpffs.directory(), "a")) {
            Measurement measured = Measurement.run(
                            cgroup,
                            rig.tracePin("a"),
                            Goal.of(2_000, 300_000),
                            List.of("123789"),
                            i -> rig.updateAmongOthers(versions.get(i % 2)))
                    .report("while another process replaces its three programs");
            long updatesOfNeighbour = neighbour.stop();

            assertHitless(measured);
            assertThat(updatesOfNeighbour).isGreaterThan(10);
        }
    }

    @Test
    void detachThenAttachIsSeenToMissPackets() {
        Measurement measured = naive(rig::detachThenAttach).report("negative control: detach, then attach");
        assertThat(measured.findings().missed()).isPositive();
    }

    @Test
    void attachThenDetachIsSeenToHandlePacketsTwice() {
        Measurement measured = naive(rig::attachThenDetach).report("negative control: attach, then detach");
        assertThat(measured.findings().doubled()).isPositive();
    }

    private interface NaiveUpdate {
        void make(DesiredEntry old, DesiredEntry by);
    }

    /** Only the middle one of three programs is updated. */
    private Measurement naive(NaiveUpdate way) {
        List<DesiredEntry> first = rig.load("a", 1, Optional.empty(), 1, 2, 3);
        List<DesiredEntry> second = rig.load("b", 2, Optional.of("a"), 2);
        List<DesiredEntry> middle = List.of(first.get(1), second.getFirst());
        rig.update(first);
        IntConsumer update = i -> way.make(middle.get(i % 2), middle.get((i + 1) % 2));
        return Measurement.run(cgroup, rig.tracePin("a"), Goal.of(2_000, 200_000), List.of("123", "132"), update);
    }

    private void assertRefusedForWantOfPositions(List<DesiredEntry> entries) {
        assertThat(rig.plan(entries))
                .isInstanceOfSatisfying(
                        PlanResult.Refusal.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(PlanResult.Reason.NoPositions));
    }

    private static void assertHitless(Measurement measured) {
        assertThat(measured.findings().wrong())
                .as("packets with a wrong trace: %s", measured)
                .isZero();
        assertThat(measured.streamBroken()).as("TCP stream broken").isFalse();
        assertThat(measured.streamed()).isPositive();
    }

    /** What slot_1 counted over all versions. */
    private long counted(String instance) throws Exception {
        Path pin = rig.tracePin(instance).resolveSibling("map_counted");
        try (MapHandle map = MapHandle.open(pin)) {
            byte[] perCpu = map.lookup(new byte[4]).orElseThrow();
            ByteBuffer values = ByteBuffer.wrap(perCpu).order(ByteOrder.nativeOrder());
            long sum = 0;
            while (values.hasRemaining()) {
                sum += values.getLong();
            }
            return sum;
        }
    }

    private static List<DesiredEntry> pick(List<DesiredEntry> all, String digits) {
        return digits.chars().mapToObj(d -> all.get(Character.digit(d, 10) - 1)).toList();
    }

    private static String trace(int... digits) {
        StringBuilder text = new StringBuilder();
        IntStream.of(digits).forEach(d -> text.append(Integer.toHexString(d)));
        return text.toString();
    }
}
