package io.bpfchain.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.testing.ControlPlane;
import io.bpfchain.crds.testing.Definitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rollouts over several real agents, each a process with cgroups, bpffs and token of its own. The Nodes are only objects, and stay Ready.
 * {@code -Dbpfchain.rollout.nodes} says how many.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutIT {
    private static final int NODES = Integer.getInteger("bpfchain.rollout.nodes", 4);
    private static final String CHAIN = "tracer";
    private static final List<String> NAMES = List.of("p1", "p2", "p3");
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<AgentMachine> machines = new ArrayList<>();
    private ControlPlane plane;
    private TracerChains chains;
    private int generation;

    @BeforeAll
    void install() throws IOException {
        plane = closed(ControlPlane.start());
        Installation installation = new Installation(plane, directory);
        installation.install();
        closing.add(() -> Definitions.deleteChains(plane.client()));
        installation.giveTokenToOperator();
        chains = new TracerChains(plane.client());
        chains.writeSource(0);
        for (int i = 1; i <= NODES; i++) {
            String node = "node-" + i;
            AgentMachine machine = new AgentMachine(node, Files.createDirectory(directory.resolve(node)));
            closing.add(machine::close);
            installation.giveTokenToAgent(installation.makeNode(node), machine.kubeconfig());
            machine.agent().start();
            machines.add(machine);
        }
        closed(new OperatorProcesses(installation, directory).operator("operator"))
                .start();
        apply("100%");
        awaitOnAllNodes();
    }

    private <T extends AutoCloseable> T closed(T resource) {
        closing.add(resource);
        return resource;
    }

    @AfterAll
    void remove() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
    }

    @Test
    void oneNodeAtATimeIsInChange() {
        RolloutWatch.Most most = rollout("1");

        assertThat(most.byObjects()).isEqualTo(1);
        assertThat(most.byKernels()).isEqualTo(1);
    }

    @Test
    void aSecondNodeIsInChangeWhereTwoMayBeAndNoThird() {
        RolloutWatch.Most most = rollout("2");

        assertThat(most.byObjects()).isEqualTo(2);
        assertThat(most.byKernels()).isBetween(1, 2);
    }

    /** The negative control: counted in the same way. */
    @Test
    void moreThanOneIsSeenWhereAllMayBe() {
        RolloutWatch.Most most = rollout("100%");

        assertThat(most.byObjects()).isGreaterThan(2);
        assertThat(most.byKernels()).isGreaterThan(1);
    }

    /** Rolls a new version of each program out; every list has every program all the time. */
    private RolloutWatch.Most rollout(String maxConcurrent) {
        String before = Objects.requireNonNull(awaitOnAllNodes().target()).digest();
        machines.forEach(m -> m.sampler().forget());
        long begun = System.nanoTime();
        RolloutWatch.Most most;
        try (RolloutWatch watch = new RolloutWatch(plane.client(), CHAIN, before, machines)) {
            apply(maxConcurrent);
            most = watch.finish();
        }
        awaitOnAllNodes();
        System.out.printf(
                "%d nodes, maxConcurrent %s: %.1f s, at most in change by their objects %d, by their kernels %d (read %,d times)%n",
                NODES,
                maxConcurrent,
                (System.nanoTime() - begun) / 1e9,
                most.byObjects(),
                most.byKernels(),
                most.samples());
        assertThat(machines)
                .allSatisfy(m -> assertThat(m.sampler().lists())
                        .as("lists of %s", m.node())
                        .hasSizeGreaterThan(1)
                        .allSatisfy(l -> assertThat(l)
                                .extracting(ListSampler.Program::name)
                                .isEqualTo(NAMES)));
        return most;
    }

    private void apply(String maxConcurrent) {
        chains.apply(new TracerChains.Wanted(CHAIN, 100, "123", ++generation, maxConcurrent));
    }

    private CgroupProgramChainStatus awaitOnAllNodes() {
        return await("all nodes run the chain; the logs are in " + directory)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> chains.ready(CHAIN).orElseThrow(), s -> s.ready() == NODES);
    }
}
