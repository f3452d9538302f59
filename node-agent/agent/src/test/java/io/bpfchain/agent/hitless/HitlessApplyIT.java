package io.bpfchain.agent.hitless;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.agent.hitless.Measurement.Goal;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole applies of chain files, loads and all, under traffic. */
class HitlessApplyIT {
    private TestHost host;

    @BeforeEach
    void start(@TempDir Path state) {
        host = new TestHost(state);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void missesNothingWhileChainFilesAreApplied() {
        host.apply(tracer(0, "123"));

        Measurement measured = measure("123", Goal.of(100, 100_000, 5_000), i -> host.apply(tracer(i + 1, "123")))
                .report("apply of a chain of 3 with loads");

        assertThat(measured.findings().wrong()).isZero();
        assertThat(measured.streamBroken()).isFalse();
    }

    /** Eight entries change at once: a packet sees all of the old ones or all of the new ones. */
    @Test
    void everyPacketSeesTheWholeOldOrTheWholeNewList() {
        host.apply(list(0, 1));

        Measurement measured = Measurement.run(
                        host.cgroup(),
                        pin(),
                        Goal.of(100, 100_000, 2_000),
                        List.of("1", "2"),
                        i -> host.apply(list(0, 2 - i % 2)))
                .report("a list swapped with its program");

        assertThat(measured.findings().wrong()).isZero();
    }

    /** The same entries changed in the live map one after the other: this measurement would see a mixture. */
    @Test
    void mixtureOfTwoListsIsSeenWhereEntriesAreChangedInPlace() {
        host.apply(list(0, 1).replace("WithProgram", "InPlace"));

        Measurement measured = Measurement.run(
                        host.cgroup(),
                        pin(),
                        new Goal(100, 100_000),
                        List.of("1", "2"),
                        i -> host.apply(list(0, 2 - i % 2).replace("WithProgram", "InPlace")))
                .report("negative control: the list changed in place");

        assertThat(measured.findings().wrong()).isPositive();
    }

    /** Two chains of one hook, each updated by processes of its own: they take turns at the writer lock, and no packet notices. */
    @Test
    void missesNothingWhileTwoProcessesApplyTwoChainsOfTheSameHook(@TempDir Path files) throws Exception {
        host.apply(neighbour("left", 100, 0, "123"));
        host.apply(neighbour("right", 200, 0, "789"));
        ApplyProcess left = new ApplyProcess(host, files.resolve("left.yaml"));
        ApplyProcess right = new ApplyProcess(host, files.resolve("right.yaml"));
        AtomicBoolean end = new AtomicBoolean();
        AtomicInteger applied = new AtomicInteger();
        CompletableFuture<Void> beside = CompletableFuture.runAsync(() -> {
            while (!end.get()) {
                right.apply(neighbour("right", 200, applied.incrementAndGet(), "789"));
            }
        });
        Measurement measured;
        try {
            measured = measure(
                            "123789", Goal.of(8, 100_000, 300), i -> left.apply(neighbour("left", 100, i + 1, "123")))
                    .report("two chains, each applied by processes of its own");
        } finally {
            end.set(true);
            beside.handle((done, failure) -> true).join(); // its last process must not outlive the cgroup
        }
        beside.get();
        System.out.println("the other chain was applied " + applied + " times meanwhile");

        assertThat(measured.findings().wrong()).isZero();
        assertThat(measured.streamBroken()).isFalse();
        assertThat(measured.updates()).isPositive();
        assertThat(applied.get())
                .as("applies of the other process; who gets the lock how often is the kernel's choice")
                .isPositive();
        assertThat(host.host().chains()).allSatisfy(c -> assertThat(c.state()).isEqualTo("Running"));
        assertThat(host.instances()).hasSize(2);
    }

    /** The same hook, and a process that takes the last program out and puts it in again. */
    @Test
    void packetsAreSeenToBeMissedWhereAProcessDetachesAndAttaches() {
        host.apply(neighbour("left", 100, 0, "123"));
        host.apply(neighbour("right", 200, 0, "789"));
        EntryId last = host.list(AttachType.CGROUP_INET_EGRESS).getLast();

        Measurement measured = measure("123789", new Goal(10, 100_000), i -> {
                    bpftool("detach", last);
                    bpftool("attach", last, "multi");
                })
                .report("negative control: another process detaches and attaches");

        assertThat(measured.findings().missed()).isPositive();
    }

    private void bpftool(String change, EntryId program, String... flags) {
        List<String> command = new ArrayList<>(List.of(
                "bpftool", "cgroup", change, host.cgroup().directory().toString(), "egress", "id", program.toString()));
        command.addAll(List.of(flags));
        Commands.run(command);
    }

    private Measurement measure(String trace, Goal goal, IntConsumer update) {
        return Measurement.run(host.cgroup(), pin(), goal, List.of(trace), update);
    }

    /** The stable pin of the map {@code trace}. */
    private Path pin() {
        try (var files = Files.walk(host.bpffs().resolve("bpfchain/by-chain"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tracer(int generation, String digits) {
        return chain("tracer", 100, generation, "    - {name: trace, pin: true}", programs(digits));
    }

    /** A chain that records in the same map as another one. */
    private String neighbour(String name, int priority, int generation, String digits) {
        return chain(name, priority, generation, "    - {name: trace, pin: true, sharedAs: packets}", programs(digits));
    }

    private static String programs(String digits) {
        return digits.chars()
                .map(d -> Character.digit(d, 16))
                .mapToObj(d -> "  - {name: p%d, function: %s}".formatted(d, Tracer.function(d)))
                .collect(Collectors.joining("\n"));
    }

    private String list(int generation, int value) {
        String entries = IntStream.range(0, Tracer.LIST_KEYS)
                .mapToObj(key -> "{key: %d, value: %d}".formatted(key, value))
                .collect(Collectors.joining(", "));
        return chain(
                "tracer",
                100,
                generation,
                "    - {name: trace, pin: true}\n    - {name: list, onEntriesChange: WithProgram, entries: [" + entries
                        + "]}",
                "  - {name: whole-list, function: whole_list}");
    }

    private String chain(String name, int priority, int generation, String maps, String programs) {
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%s"}
                  priority: %d
                  objects:
                  - name: tracer
                    source: {file: {path: %s}}
                    globals: {port: %d, generation: %d}
                    maps:
                %s
                  programs:
                %s
                """.formatted(
                name, host.cgroup().path(), priority, Tracer.object(), HitlessRig.PORT, generation, maps, programs);
    }
}
