package io.bpfchain.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.cluster.ListSampler.Program;
import io.bpfchain.cluster.OneNode.Chain;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.crds.testing.ControlPlane.Part;
import io.bpfchain.crds.testing.Definitions;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.traffic.Traces;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever breaks, the kernel runs the old chain or the new one, no packet misses a program, and everything converges by itself.
 * {@code -Dbpfchain.faults.runs} says how many rollouts something is killed in (50 in a soak).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
    private static final boolean SOAK = Boolean.getBoolean("bpfchain.soak");
    private static final int RUNS = Integer.getInteger("bpfchain.faults.runs", SOAK ? 50 : 4);
    private static final int LATEST_KILL_MILLIS = 1_200;
    private static final int LONGEST_AWAY_MILLIS = 3_000;
    private static final int AWAY_MILLIS = Integer.getInteger("bpfchain.faults.away", SOAK ? 180 : 8) * 1000;
    private static final int ROOM_FOR_NOTES = 16_384;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration TWO_COMPARISONS = Duration.ofMinutes(2);
    private static final int A_WHILE = 2_000;
    private static final int CONTESTED_ROLLOUTS = 10;
    private static final int WRITES_BETWEEN = 10;
    private static final int WRITES_SINCE_SNAPSHOT = 2_000;
    private static final List<String> NAMES = List.of("p1", "p2", "p3", "p4");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private ControlPlane plane;
    private OneNode node;
    private int generation;
    private int variant;

    @BeforeAll
    void install() throws IOException {
        plane = ControlPlane.start();
        node = new OneNode(plane, Files.createDirectory(directory.resolve("node")));
        node.start();
    }

    @AfterAll
    void remove() throws Exception {
        try {
            node.close();
        } finally {
            plane.close();
        }
    }

    @BeforeEach
    void converge() {
        node.writeSource(variant);
        change();
        node.apply(Chain.NEIGHBOUR, 0);
        node.awaitConverged(Chain.values());
    }

    private void change() {
        node.apply(Chain.TRACER, ++generation);
    }

    /** Who is killed. */
    private enum Victim {
        AGENT,
        OPERATOR,
        APISERVER,
        ETCD
    }

    @Test
    void anythingMayBeKilledAtAnyMomentOfARollout() throws InterruptedException {
        long seed = Long.getLong("bpfchain.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Victim> victims = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            if (victims.isEmpty()) {
                victims.addAll(List.of(Victim.values()));
                Collections.shuffle(victims, random);
            }
            Victim victim = victims.removeLast();
            int at = random.nextInt(LATEST_KILL_MILLIS);
            int away = random.nextInt(LONGEST_AWAY_MILLIS);
            String what = "run %d (-Dbpfchain.seed=%d): %s killed after %d ms".formatted(run, seed, victim, at);
            hitless(what, 1, () -> {
                change();
                sleep(at);
                kill(victim, away);
                node.awaitConverged(Chain.values());
            });
        }
    }

    private void kill(Victim victim, int away) {
        switch (victim) {
            case AGENT -> node.agent().kill();
            case OPERATOR -> node.operator().kill();
            case APISERVER -> killAndStart(Part.APISERVER, away);
            case ETCD -> killAndStart(Part.ETCD, away);
        }
    }

    private void killAndStart(Part part, int away) {
        plane.kill(part);
        sleep(away);
        plane.start(part);
    }

    /** Of which nothing is the spec. One that carries the version of what it read, as a write of the operator would, is mostly refused. */
    @Test
    void anotherWriterMayKeepChangingTheObjects() {
        hitless("another writer keeps changing chain and node's object", CONTESTED_ROLLOUTS, () -> {
            try (OtherWriter other = new OtherWriter(plane.client(), node.name(), Chain.TRACER.word())) {
                for (int i = 0; i < CONTESTED_ROLLOUTS; i++) {
                    change();
                    node.awaitConverged(Chain.values());
                }
                assertThat(other.refused())
                        .as("negative control: writes that carry a version")
                        .isPositive();
            }
        });
    }

    /** A started API server knows nothing of what was before, so that whoever watched has to list again. */
    @Test
    void watchesMayExpire() {
        long agent = node.agent().pid();
        hitless("watches expire", 1, () -> {
            String seen = node.version();
            node.touch(WRITES_BETWEEN);
            plane.kill(Part.APISERVER);
            plane.start(Part.APISERVER);
            assertThat(node.isExpired(seen)).as("410 for version %s", seen).isTrue();
            change();
            node.awaitConverged(Chain.values());
            assertThat(node.isExpired(node.version()))
                    .as("negative control: the version of now")
                    .isFalse();
        });
        assertThat(node.agent().pid()).isEqualTo(agent);
    }

    @Test
    void aProgramThatIsDetachedIsSeen() {
        node.agent().hold();
        Watched seen = watch("negative control: a program is detached and attached again", () -> {
            sleep(A_WHILE / 4);
            EntryId last = node.sampler().ids().getLast();
            bpftool("detach", last);
            sleep(A_WHILE / 10);
            bpftool("attach", last, "multi");
        });
        node.agent().release();
        assertThat(seen.packets().missed()).isPositive();
        assertThat(seen.lists()).anyMatch(l -> names(l).equals(List.of("p1", "p2", "p3")));
    }

    /** The agent is killed meanwhile, and goes on by what it remembers; what was really deleted is taken out when somebody can say so. */
    @Test
    void everythingIsKeptWhileTheApiServerIsAwayAndWhatIsDeletedGoes() {
        hitless("the API server is away", 1, () -> {
            plane.kill(Part.APISERVER);
            sleep(AWAY_MILLIS / 2);
            node.agent().kill();
            sleep(AWAY_MILLIS / 2);
            plane.start(Part.APISERVER);
            change();
            node.awaitConverged(Chain.values());
        });
        Watched seen = watch("negative control: a chain is deleted", () -> {
            node.delete(Chain.NEIGHBOUR);
            await().atMost(LONG).until(() -> node.sampler().now().size() == NAMES.size() - 1);
            sleep(A_WHILE);
        });
        assertThat(seen.packets().missed()).isPositive();
    }

    /** The operator ends and remembers nothing, and the chains come back one after the other. */
    @Test
    void definitionsMayBeDeletedAndMadeAgain() {
        hitless("both CRDs deleted and made again", 1, () -> {
            Definitions.deleteChains(plane.client());
            Definitions.deleteNodes(plane.client());
            node.operator().kill();
            sleep(A_WHILE);
            node.installation().install();
            change();
            node.awaitConverged(Chain.TRACER);
            sleep(A_WHILE);
            node.apply(Chain.NEIGHBOUR, 0);
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void aNodeMayBeDeletedAndMadeAgain() {
        hitless("Node deleted and made again", 1, () -> {
            node.deleteNode();
            sleep(A_WHILE);
            node.makeNode();
            node.replaceAgentPod();
            change();
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void theOperatorsNamespaceMayBeDeleted() {
        hitless("the operator's namespace deleted and installed again", 1, () -> {
            node.deleteOperatorsNamespace();
            sleep(A_WHILE);
            node.installation().install();
            node.installation().giveTokenToOperator();
            node.operator().kill();
            node.replaceAgentPod();
            change();
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void permissionsMayBeWithdrawn() {
        hitless("all permissions withdrawn, operator and agent killed, permissions given back", 1, () -> {
            node.installation().withdraw();
            change();
            node.operator().kill();
            node.agent().kill();
            sleep(3 * A_WHILE);
            node.installation().grant();
            node.awaitConverged(Chain.values());
        });
    }

    /** The snapshot does not know one chain, and the other in an older version only. */
    @Test
    void etcdMayBeRestoredFromAnOlderSnapshot() {
        node.delete(Chain.NEIGHBOUR);
        await().atMost(LONG).until(() -> node.sampler().now().size() == NAMES.size() - 1);
        Path snapshot = directory.resolve("snapshot");
        plane.snapshot(snapshot);
        node.apply(Chain.NEIGHBOUR, 0);
        change();
        node.awaitConverged(Chain.values());

        hitless("etcd restored from a snapshot that knows one chain of two", 2, () -> {
            node.operator().hold();
            plane.restore(snapshot);
            node.operator().release();
            node.agent().kill();
            node.awaitConverged(Chain.TRACER);
            sleep(A_WHILE);
            node.apply(Chain.NEIGHBOUR, 0);
            change();
            node.awaitConverged(Chain.values());
        });
    }

    /** Their watches would be silent until the API server's version is reached again. Agents look once a minute. */
    @Test
    @EnabledIfSystemProperty(named = "bpfchain.soak", matches = "true")
    void etcdMayBeRestoredUnderARunningAgentAndOperator() {
        Path snapshot = directory.resolve("earlier-snapshot");
        plane.snapshot(snapshot);
        node.touch(WRITES_SINCE_SNAPSHOT);
        change();
        node.awaitConverged(Chain.values());
        long agent = node.agent().pid();

        hitless("etcd restored under a running agent and operator", 2, () -> {
            plane.restore(snapshot);
            node.awaitConverged(Chain.values());
            change();
            node.awaitConverged(Chain.values());
        });
        assertThat(node.agent().pid()).isEqualTo(agent);
    }

    /** What they compare is an answer to a list. The operator may list, and tells an agent that does not hear it. */
    @Test
    @EnabledIfSystemProperty(named = "bpfchain.soak", matches = "true")
    void anAgentThatMayNotCompareVersionsDoesNotNoticeThatEtcdWasRestored() {
        node.installation().forbidLists();
        Path snapshot = directory.resolve("snapshot-without-lists");
        plane.snapshot(snapshot);
        node.touch(WRITES_SINCE_SNAPSHOT);
        change();
        node.awaitConverged(Chain.values());

        hitless("negative control: etcd restored under an agent that does not compare", 2, () -> {
            plane.restore(snapshot);
            change();
            node.awaitTold(Chain.TRACER);
            await().during(TWO_COMPARISONS)
                    .atMost(LONG.plus(TWO_COMPARISONS))
                    .until(() -> !node.isConverged(Chain.TRACER));
            node.installation().grant();
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void aChainMayBeRecreatedWithAnotherImageWhileTheOperatorIsDown() {
        hitless("chain deleted and made again with other bytes while the operator is down", 1, () -> {
            node.operator().hold();
            node.delete(Chain.TRACER);
            node.writeSource(++variant);
            change();
            sleep(A_WHILE);
            node.operator().release();
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void aConfigMapMayBeDeletedInMidRollout() {
        hitless("source and copies deleted in mid-rollout", 2, () -> {
            String before = node.assigned(Chain.TRACER);
            node.agent().hold();
            node.writeSource(++variant);
            String second = node.awaitAssigned(Chain.TRACER, before);
            node.deleteSource();
            node.agent().release();
            node.awaitConverged(Chain.values());

            node.agent().hold();
            node.writeSource(++variant);
            node.awaitAssigned(Chain.TRACER, second);
            node.deleteBlobs();
            node.agent().release();
            node.awaitConverged(Chain.values());
        });
    }

    @Test
    void oneOfTwoOperatorsLeads() {
        try (Supervised second = node.operator("second")) {
            second.start();
            hitless("two operators, and the leader is killed", 2, () -> {
                change();
                node.awaitConverged(Chain.values());
                assertThat(node.hasLed("second"))
                        .as("one leads and the other waits")
                        .isFalse();
                node.operator().hold();
                change();
                node.awaitConverged(Chain.values());
            });
            assertThat(node.hasLed("second")).isTrue();
            node.operator().release();
        }
    }

    /** It has what it had decided before, and a connection to the API server on which nothing was lost. */
    @Test
    void aLeaderThatWasStoppedAndReplacedWritesNothing() {
        try (Supervised second = node.operator("replacement")) {
            second.start();
            hitless("the leader is stopped, replaced, and goes on", 1, () -> {
                String before = node.leader();
                long stopped = node.operator().pid();
                node.operator().pause();
                change();
                node.awaitConverged(Chain.values());
                assertThat(node.leader()).as("another one leads").isNotEqualTo(before);
                long generation = node.object().orElseThrow().getMetadata().getGeneration();
                node.operator().resume();
                await().atMost(LONG).until(() -> node.operator().pid() != stopped);
                assertThat(node.object().orElseThrow().getMetadata().getGeneration())
                        .isEqualTo(generation);
            });
        }
    }

    @Test
    void aFullDiskIsRefusedCleanly() {
        hitless("state directory full, then nearly full, then not", 1, () -> {
            String before = node.assigned(Chain.TRACER);
            node.disk().fill(0);
            node.writeSource(++variant);
            node.awaitAssigned(Chain.TRACER, before);
            sleep(A_WHILE);
            node.disk().free();
            node.disk().fill(ROOM_FOR_NOTES);
            ChainReport failed = node.awaitFailed(Chain.TRACER);
            System.out.println(failed.reason() + ": " + failed.message());
            node.disk().free();
            node.awaitConverged(Chain.values());
        });
    }

    private void bpftool(String change, EntryId program, String... flags) {
        List<String> command = new ArrayList<>(List.of(
                "bpftool",
                "cgroup",
                change,
                node.service().directory().toString(),
                "egress",
                "id",
                program.toString()));
        command.addAll(List.of(flags));
        Commands.run(command);
    }

    /**
     * What was seen while something happened.
     *
     * @param lists every different list
     */
    private record Watched(Traces.Findings packets, Set<List<Program>> lists) {}

    private Watched watch(String what, Runnable faults) {
        node.sampler().forget();
        long begun = System.nanoTime();
        try (PacketWatch packets = node.packets()) {
            faults.run();
            Traces.Findings findings = packets.finish();
            System.out.printf(
                    "%-90s %5.1f s, list read %,d times, %,d packets: %,d missed, %,d doubled, %,d out of order%n",
                    what,
                    (System.nanoTime() - begun) / 1e9,
                    node.sampler().samples(),
                    findings.packets(),
                    findings.missed(),
                    findings.doubled(),
                    findings.disordered());
            return new Watched(findings, node.sampler().lists());
        }
    }

    /** Nothing is missed, doubled or out of order, and every program is the old one or one of as many new ones. */
    private void hitless(String what, int changes, Runnable faults) {
        Watched seen = watch(what, faults);
        assertThat(seen.packets().packets()).isPositive();
        assertThat(seen.packets().wrong()).as(what).isZero();
        assertThat(seen.lists()).as(what).allSatisfy(l -> assertThat(names(l)).isEqualTo(NAMES));
        Map<String, Set<String>> versions = seen.lists().stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(
                        Program::name, HashMap::new, Collectors.mapping(Program::version, Collectors.toSet())));
        assertThat(versions).as(what).allSatisfy((name, of) -> assertThat(of).hasSizeLessThanOrEqualTo(changes + 1));
        assertThat(node.sampler().now()).extracting(Program::name).isEqualTo(NAMES);
    }

    private static List<String> names(List<Program> list) {
        return list.stream().map(Program::name).toList();
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
