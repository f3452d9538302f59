package io.bpfchain.agent.hitless;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.agent.hitless.Measurement.Goal;
import io.bpfchain.kernel.testing.traffic.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

        Measurement measured = measure("123", new Goal(100, 100_000), i -> host.apply(tracer(i + 1, "123")))
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
                        new Goal(100, 100_000),
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
                        new Goal(200, 200_000),
                        List.of("1", "2"),
                        i -> host.apply(list(0, 2 - i % 2).replace("WithProgram", "InPlace")))
                .report("negative control: the list changed in place");

        assertThat(measured.findings().wrong()).isPositive();
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
        String programs = digits.chars()
                .map(d -> Character.digit(d, 16))
                .mapToObj(d -> "  - {name: p%d, function: %s}".formatted(d, Tracer.function(d)))
                .collect(Collectors.joining("\n"));
        return chain(generation, "", programs);
    }

    private String list(int generation, int value) {
        String entries = IntStream.range(0, Tracer.LIST_KEYS)
                .mapToObj(key -> "{key: %d, value: %d}".formatted(key, value))
                .collect(Collectors.joining(", "));
        return chain(
                generation,
                "    - {name: list, onEntriesChange: WithProgram, entries: [" + entries + "]}",
                "  - {name: whole-list, function: whole_list}");
    }

    private String chain(int generation, String map, String programs) {
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: tracer}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: "%s"}
                  objects:
                  - name: tracer
                    source: {file: {path: %s}}
                    globals: {port: %d, generation: %d}
                    maps:
                    - {name: trace, pin: true}
                %s
                  programs:
                %s
                """.formatted(host.cgroup().path(), Tracer.object(), HitlessRig.PORT, generation, map, programs);
    }
}
