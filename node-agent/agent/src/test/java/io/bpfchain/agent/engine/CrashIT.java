package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an update of 3 functions on 20 cgroups at every checkpoint that it passes, in turn. {@code -Dbpfchain.crash.kills=N} says how
 * often in all.
 */
class CrashIT {
    private static final int KILLS = Integer.getInteger("bpfchain.crash.kills", 60);
    private static final int LANES = 2;
    private static final int CGROUPS = 20;
    private static final int SIGKILLED = 137;

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
        // The kernel frees programs and maps a moment after their last reference went.
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
                        host.host().delete(List.of("nothing-of-this-name"), TestHost.SILENT);
                    }
                    point += LANES;
                } else {
                    point = first + 1;
                }
                version = converged(host);
            }
            assertThat(host.host().delete(List.of(prefix), TestHost.SILENT)).isInstanceOf(ApplyOutcome.Done.class);
            assertThat(host.instances()).isEmpty();
        }
    }

    /** Which programs these are is told by their names: one, two and three, whatever the version. */
    private void everyHookHasThreeProgramsInOrder(TestHost host) {
        Tree tree = host.host().tree(Optional.of(host.cgroup().path()), Optional.empty());
        List<Tree.HookView> hooks =
                tree.nodes().stream().flatMap(n -> n.hooks().stream()).toList();
        assertThat(hooks).hasSize(CGROUPS);
        assertThat(hooks)
                .allSatisfy(h -> assertThat(h.entries())
                        .extracting(Tree.EntryView::program)
                        .containsExactly("one", "two", "three"));
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
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dbpfchain.native.dir=" + System.getProperty("bpfchain.native.dir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChild.class.getName(),
                        host.state().toString(),
                        host.bpffs().toString(),
                        chain.toString(),
                        Integer.toString(point))
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
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %1$s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%2$s/*"}
                  objects:
                  - {name: main, source: {file: {path: %3$s}}}
                  programs:
                  - {name: one, function: %1$s_1}
                  - {name: two, function: %1$s_2}
                  - {name: three, function: %1$s_3}
                """.formatted(prefix, host.cgroup().path(), object(version));
    }
}
