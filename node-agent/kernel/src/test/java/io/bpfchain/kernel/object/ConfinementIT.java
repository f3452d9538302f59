package io.bpfchain.kernel.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What code could do that takes over the helper while it loads: {@code attempts.c} tries it, confined by the same C files as the helper.
 * Every attempt succeeds without the confinement, so a failure is the confinement's.
 */
@Tag("kernel")
class ConfinementIT {
    private static final Set<String> NEEDED = Set.of(
            "makes_a_map",
            "loads_a_program",
            "writes_its_map",
            "pins_in_its_directory",
            "reads_kernel_btf",
            "is_a_regular_fstat",
            "reads_a_directory");

    /** Refused, and the process goes on; everything else ends it. */
    private static final Map<String, String> REFUSED = Map.of(
            "finds_a_btf", "errno 1",
            "writes_a_reused_map", "errno 1",
            "maps_a_reused_map_for_writing", "errno 13",
            "limits_its_parent", "errno 1",
            "reads_a_file", "errno 2",
            "opens_below_a_directory", "errno 2",
            "writes_a_file", "errno 13",
            "makes_a_file", "errno 13");

    private static final Map<String, String> CRASHES = Map.of("aborts", "signal 6", "crashes", "signal 11");
    private static final Set<String> PRIVILEGES =
            Set.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "landlock");

    /** What older kernels let through. */
    private static final Set<String> BY_KERNEL = Set.of("pins_elsewhere", "freezes_a_reused_map");

    /** CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF. */
    private static final long FOR_BPF = 1L << 12 | 1L << 38 | 1L << 39;

    private final TestBpffs bpffs = TestBpffs.mount();
    private final TestCgroup cgroup = TestCgroup.create();

    @TempDir
    Path files;

    @AfterEach
    void close() {
        cgroup.close();
        bpffs.close();
    }

    private Map<String, String> outcomes(String mode) {
        Path sources = Path.of("src/main/native/elf");
        Path attempts = BpfCompiler.compileProgram(
                "attempts",
                List.of(
                        Path.of("src/test/resources/confinement/attempts.c"),
                        sources.resolve("confine.c"),
                        sources.resolve("filter.c"),
                        sources.resolve("trap.c")));
        Map<String, String> outcomes = new LinkedHashMap<>();
        Commands.run(
                        attempts.toString(),
                        mode,
                        bpffs.directory().toString(),
                        cgroup.directory().toString(),
                        files.toString())
                .lines()
                .map(l -> l.split(":\\s*", 2))
                .forEach(l -> outcomes.put(l[0], l[1]));
        return outcomes;
    }

    @Test
    void withoutConfinementEverythingSucceeds() {
        Map<String, String> outcomes = outcomes("free");
        outcomes.keySet().removeAll(PRIVILEGES);
        assertThat(outcomes).containsAllEntriesOf(CRASHES).hasSizeGreaterThan(40);
        outcomes.keySet().removeAll(CRASHES.keySet());
        assertThat(outcomes)
                .allSatisfy(
                        (attempt, outcome) -> assertThat(outcome).as(attempt).isEqualTo("done"));
    }

    @Test
    void canLoadAndPinButNotAttachExecuteOrReachOthers() {
        Map<String, String> outcomes = outcomes("confined");
        checkPrivileges(outcomes);
        checkWhatDependsOnTheKernel(outcomes);
        outcomes.keySet().removeAll(PRIVILEGES);
        outcomes.keySet().removeAll(BY_KERNEL);
        assertThat(outcomes).containsAllEntriesOf(CRASHES).containsAllEntriesOf(REFUSED);
        assertThat(NEEDED).allSatisfy(attempt -> assertThat(outcomes).containsEntry(attempt, "done"));
        Stream.of(CRASHES.keySet(), REFUSED.keySet(), NEEDED).forEach(outcomes.keySet()::removeAll);
        assertThat(outcomes).hasSizeGreaterThan(25).containsEntry("attaches", stopped("321 (bpf command 8)"));
        assertThat(outcomes)
                .allSatisfy(
                        (attempt, outcome) -> assertThat(outcome).as(attempt).startsWith(stopped("")));
    }

    private static String stopped(String call) {
        return "signal 31, system call " + call;
    }

    private static void checkPrivileges(Map<String, String> outcomes) {
        assertThat(outcomes).containsEntry("NoNewPrivs", "1").containsEntry("Seccomp", "2");
        for (String empty : List.of("CapInh", "CapBnd", "CapAmb")) {
            assertThat(bits(outcomes, empty)).as(empty).isZero();
        }
        assertThat(bits(outcomes, "CapPrm")).isEqualTo(FOR_BPF);
        assertThat(bits(outcomes, "CapEff")).isEqualTo(FOR_BPF);
    }

    private static void checkWhatDependsOnTheKernel(Map<String, String> outcomes) {
        boolean landlock = !"-1".equals(outcomes.get("landlock"));
        if (!landlock) {
            System.out.println("ConfinementIT: this kernel has no Landlock, so the helper could pin elsewhere");
        }
        assertThat(outcomes).containsEntry("pins_elsewhere", landlock ? "errno 13" : "done");
        String freezing = outcomes.getOrDefault("freezes_a_reused_map", "");
        if (freezing.equals("done")) {
            System.out.println("ConfinementIT: this kernel freezes a map through a read-only descriptor");
        }
        assertThat(freezing).isIn("done", "errno 1");
    }

    private static long bits(Map<String, String> outcomes, String field) {
        return Long.parseUnsignedLong(outcomes.getOrDefault(field, "f"), 16);
    }
}
