package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an update of 3 functions on 20 cgroups at every checkpoint that it passes, in turn ({@code -Dbpfchain.crash.kills=N} says how
 * often in all), and the ways on which a running chain reaches new cgroups and leaves old ones at each of their checkpoints.
 */
class CrashIT {
    private static final int KILLS = Integer.getInteger("bpfchain.crash.kills", 60);
    private static final int LANES = 2;
    private static final int CGROUPS = 20;
    private static final int LATE = 2;
    private static final int SIGKILLED = 137;
    private static final List<String> PROGRAMS = List.of("one", "two", "three");

    private final String prefix = "c" + UUID.randomUUID().toString().substring(0, 8);
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger points = new AtomicInteger();

    @Test
    void everyHookRunsTheOldOrTheNewChainAfterAKillAnywhereAndTheNextStartConverges(@TempDir Path directory)
            throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(LANES)) {
            List<Future<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                Path own = Files.createDirectory(directory.resolve("lane" + lane));
                int first = lane;
                lanes.add(executor.submit(() -> {
                    lane(own, first);
                    return null;
                }));
            }
            for (Future<?> lane : lanes) {
                try {
                    lane.get();
                } catch (ExecutionException e) {
                    throw new AssertionError("prefix " + prefix, e.getCause());
                }
            }
        }
        System.out.println("killed " + kills + " times at " + points + " points");
        assertThat(kills.get()).isGreaterThanOrEqualTo(KILLS);
        nothingLeaked();
    }

    /**
     * A running chain reaches new cgroups, and is killed at every checkpoint on the way: what is attached is a beginning of the
     * chain, the old cgroup runs all of it, and the next start attaches what is missing. (Before the first checkpoint nothing is done.)
     */
    @Test
    void everyNewCgroupRunsABeginningOfTheChainAfterAKillAnywhereAndTheNextStartConverges(@TempDir Path directory)
            throws Exception {
        List<String> descriptors = OpenDescriptors.ofBpf();
        int reached = 0;
        try (TestHost host = new TestHost(directory.resolve("state"))) {
            host.cgroup().child("old");
            host.apply(yaml(host, 1));
            boolean killed = true;
            while (killed) {
                reached++;
                List<TestCgroup> late = new ArrayList<>();
                try {
                    for (int i = 0; i < LATE; i++) {
                        late.add(host.cgroup().child("late" + i));
                    }
                    List<String> work =
                            new ArrayList<>(List.of(prefix, host.cgroup().path() + "/*"));
                    late.forEach(c -> work.add(c.path()));
                    killed = killed(directory, host, reached, work);

                    List<Integer> attached = attached(host, late);
                    assertThat(attached).as("killed at %d", reached).isSortedAccordingTo(Comparator.reverseOrder());
                    host.host().delete(List.of("nothing-of-this-name"), TestHost.ANYHOW, TestHost.SILENT);
                    assertThat(attached(host, late))
                            .as("after the next start, killed at %d", reached)
                            .containsOnly(PROGRAMS.size());
                    assertThat(host.host().chain(prefix).orElseThrow().state()).isEqualTo("Running");
                    assertThat(host.instances()).hasSize(1);
                    try (Stream<Path> files = Files.list(host.state())) {
                        assertThat(files.map(f -> f.getFileName().toString()))
                                .noneMatch(n -> n.startsWith("extending"));
                    }
                } finally {
                    late.forEach(TestCgroup::close);
                }
            }
            assertThat(host.host().delete(List.of(prefix), TestHost.ANYHOW, TestHost.SILENT))
                    .isInstanceOf(ApplyOutcome.Done.class);
            assertThat(host.instances()).isEmpty();
        }
        System.out.println("killed at each of " + (reached - 1) + " checkpoints of reaching " + LATE + " cgroups");
        // Announced; before and after each attachment; all done, in the journal, no longer announced.
        assertThat(reached - 1).isEqualTo(1 + 2 * PROGRAMS.size() * LATE + 3);
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptors);
        nothingLeaked();
    }

    /**
     * A chain gets a new version and other cgroups, and is killed at every checkpoint on the way. The next apply, of the same or of a
     * third set of cgroups, leaves nothing behind where the chain shall not run any more, whatever the killed one had made of it.
     */
    @Test
    void theCgroupsThatAChainLeavesAreEmptyAfterAKillAnywhereAndTheNextApply(@TempDir Path directory) throws Exception {
        int reached = 0;
        try (TestHost host = new TestHost(directory.resolve("state"))) {
            for (String name : List.of("a", "ab", "bc", "c")) {
                host.cgroup().child(name);
            }
            boolean killed = true;
            while (killed) {
                reached++;
                host.apply(yaml(host, "a*", 1));
                assertThat(running(host)).containsExactly("a", "ab");
                Path chain = Files.writeString(directory.resolve("chain.yaml"), yaml(host, "*b*", 2));
                killed = killed(directory, host, reached, List.of(chain.toString()));

                host.apply(reached % 2 == 0 ? yaml(host, "*b*", 2) : yaml(host, "*c", 3));
                assertThat(running(host))
                        .as("after the next apply, killed at %d", reached)
                        .containsExactlyElementsOf(reached % 2 == 0 ? List.of("ab", "bc") : List.of("bc", "c"));
                assertThat(host.host().chain(prefix).orElseThrow().state()).isEqualTo("Running");
                assertThat(host.instances()).hasSize(1);
            }
            assertThat(host.host().delete(List.of(prefix), TestHost.ANYHOW, TestHost.SILENT))
                    .isInstanceOf(ApplyOutcome.Done.class);
            assertThat(host.instances()).isEmpty();
        }
        System.out.println("killed at each of " + (reached - 1) + " checkpoints of a change of cgroups");
        // At least before and after each step at three hooks.
        assertThat(reached - 1).isGreaterThan(2 * PROGRAMS.size() * 3);
        nothingLeaked();
    }

    /** Names of the cgroups that run programs, each of them the whole chain. */
    private static List<String> running(TestHost host) {
        List<String> running = new ArrayList<>();
        for (Tree.Node node : host.tree(Optional.empty()).nodes()) {
            for (Tree.HookView hook : node.hooks()) {
                if (!hook.entries().isEmpty()) {
                    assertThat(hook.entries())
                            .as(node.cgroup())
                            .extracting(Tree.EntryView::program)
                            .containsExactlyElementsOf(PROGRAMS);
                    running.add(node.cgroup().substring(node.cgroup().lastIndexOf('/') + 1));
                }
            }
        }
        return running;
    }

    /** How many programs each of these cgroups runs; fails where they are not a beginning of the chain, or an old cgroup misses one. */
    private static List<Integer> attached(TestHost host, List<TestCgroup> late) {
        Map<String, List<String>> runs = new HashMap<>();
        host.tree(Optional.empty())
                .nodes()
                .forEach(n -> n.hooks()
                        .forEach(h -> runs.put(
                                n.cgroup(),
                                h.entries().stream()
                                        .map(Tree.EntryView::program)
                                        .toList())));
        assertThat(runs.get(host.cgroup().path() + "/old")).isEqualTo(PROGRAMS);
        return late.stream()
                .map(c -> runs.getOrDefault(c.path(), List.of()))
                .peek(r -> assertThat(r).isEqualTo(PROGRAMS.subList(0, r.size())))
                .map(List::size)
                .toList();
    }

    /** The kernel frees programs and maps a moment after their last reference went. */
    private void nothingLeaked() {
        Awaitility.await().untilAsserted(() -> {
            assertThat(Commands.run("bpftool", "prog", "show")).doesNotContain(prefix);
            assertThat(Commands.run("bpftool", "map", "show")).doesNotContain(prefix);
        });
    }

    private void lane(Path directory, int first) throws IOException, InterruptedException {
        try (TestHost host = new TestHost(directory.resolve("state"))) {
            for (int i = 0; i < CGROUPS; i++) {
                host.cgroup().child("g" + i);
            }
            host.apply(yaml(host, 1));
            int version = 1;
            int point = first + 1;
            while (kills.get() < KILLS) {
                int next = version % 3 + 1;
                boolean killed = update(directory, host, next, point);
                points.accumulateAndGet(point, Math::max);
                if (killed) {
                    kills.incrementAndGet();
                    everyHookHasThreeProgramsInOrder(host);
                    if (point % 3 == 0) {
                        next = next % 3 + 1;
                        host.apply(yaml(host, next));
                    } else {
                        host.host().delete(List.of("nothing-of-this-name"), TestHost.ANYHOW, TestHost.SILENT);
                    }
                    point += LANES;
                } else {
                    point = first + 1;
                }
                version = converged(host);
            }
            assertThat(host.host().delete(List.of(prefix), TestHost.ANYHOW, TestHost.SILENT))
                    .isInstanceOf(ApplyOutcome.Done.class);
            assertThat(host.instances()).isEmpty();
        }
    }

    /** Which programs these are is told by their names: one, two and three, whatever the version. */
    private void everyHookHasThreeProgramsInOrder(TestHost host) {
        Tree tree = host.tree(Optional.empty());
        List<Tree.HookView> hooks = tree.nodes().stream()
                .flatMap(n -> n.hooks().stream())
                .filter(h -> !h.entries().isEmpty())
                .toList();
        assertThat(hooks).hasSize(CGROUPS);
        assertThat(hooks)
                .allSatisfy(h -> assertThat(h.entries())
                        .extracting(Tree.EntryView::program)
                        .containsExactlyElementsOf(PROGRAMS));
    }

    /** All hooks run the same version, and it is the journal's; returns its number. */
    private int converged(TestHost host) {
        everyHookHasThreeProgramsInOrder(host);
        ChainStatus status = host.host().chain(prefix).orElseThrow();
        assertThat(status.state()).isEqualTo("Running");
        assertThat(status.hooks()).hasSize(CGROUPS);
        assertThat(host.instances()).hasSize(1);
        String digest = status.objects().getFirst().digest();
        for (int version = 1; version <= 3; version++) {
            if (digest.equals(digest(object(version)))) {
                return version;
            }
        }
        throw new AssertionError("an object of nobody: " + digest);
    }

    private static String digest(Path file) {
        try {
            return Digests.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean update(Path directory, TestHost host, int version, int point)
            throws IOException, InterruptedException {
        Path chain = Files.writeString(directory.resolve("chain.yaml"), yaml(host, version));
        return killed(directory, host, point, List.of(chain.toString()));
    }

    /** Runs the child until the checkpoint; false where it was done before. */
    private static boolean killed(Path directory, TestHost host, int point, List<String> work)
            throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(host.state().toString(), host.bpffs().toString(), Integer.toString(point)));
        arguments.addAll(work);
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder(
                        TestJvm.command(List.of(), CrashChild.class, arguments.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = child.waitFor();
        assertThat(code).as(() -> read(output)).isIn(0, SIGKILLED);
        return code == SIGKILLED;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path object(int version) {
        return Chains.named(prefix, version);
    }

    private String yaml(TestHost host, int version) {
        return yaml(host, "*", version);
    }

    private String yaml(TestHost host, String cgroups, int version) {
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %1$s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%2$s/%4$s"}
                  objects:
                  - {name: main, source: {file: {path: %3$s}}}
                  programs:
                  - {name: one, function: %1$s_1}
                  - {name: two, function: %1$s_2}
                  - {name: three, function: %1$s_3}
                """.formatted(prefix, host.cgroup().path(), object(version), cgroups);
    }
}
