package io.bpfchain.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cgroups that come and go for a long time under {@code run}: nothing of them stays with it. */
class RunSoakIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;
    private static final int BATCH = 100;

    @TempDir
    Path directory;

    @Test
    void keepsNothingOfTwoThousandCgroups() throws IOException, InterruptedException {
        comeAndGo(2_000);
    }

    @Test
    @Tag("soak")
    void keepsNothingOfAHundredThousandCgroups() throws IOException, InterruptedException {
        comeAndGo(Integer.getInteger("bpfchain.soak.cgroups", 100_000));
    }

    private void comeAndGo(int count) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(directory.resolve("chains"));
        try (TestHost machine = new TestHost(directory.resolve("state"))) {
            Files.writeString(
                    folder.resolve("pods.yaml"),
                    Chains.yaml("pods", machine.cgroup().path() + "/pod-*", 100, Chains.object(1), "first"));
            Process process = RunProcess.start(machine, folder, List.of("-Xmx64m"));
            try {
                Figures before = null;
                for (int made = 0; made < count; made += BATCH) {
                    if (made >= count / 2 && before == null) { // what it takes when everything was done often
                        before = figures(process, machine);
                    }
                    batch(machine, made);
                }
                Figures after = figures(process, machine);
                System.out.println("after half: " + before + "\nat the end: " + after);
                after.isNotMoreThan(java.util.Objects.requireNonNull(before));
            } finally {
                process.destroy();
                assertThat(process.waitFor()).isZero();
            }
            assertThat(machine.instances()).hasSize(1);
        }
    }

    private static void batch(TestHost machine, int first) {
        List<TestCgroup> pods = new ArrayList<>();
        for (int i = first; i < first + BATCH; i++) {
            pods.add(machine.cgroup().child("pod-" + i));
        }
        for (TestCgroup pod : pods) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> machine.list(pod.cgroup(), EGRESS).size() == 1);
        }
        pods.forEach(TestCgroup::close);
    }

    private static Figures figures(Process process, TestHost machine) throws IOException {
        long state;
        try (Stream<Path> files = Files.walk(machine.state())) {
            state = files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
        long heap = RunProcess.heapKib(process);
        return new Figures(
                RunProcess.watches(process),
                RunProcess.descriptors(process),
                heap,
                RunProcess.residentKib(process),
                state);
    }

    /** What a running process holds. */
    private record Figures(long watches, long descriptors, long heapKib, long residentKib, long stateBytes) {
        /** The JVM's own memory moves a little; what one cgroup of many left behind would not be little. */
        void isNotMoreThan(Figures before) {
            assertThat(watches).isEqualTo(before.watches());
            assertThat(descriptors).isEqualTo(before.descriptors());
            assertThat(heapKib).isLessThan(before.heapKib() + 1_024);
            assertThat(residentKib).isLessThan(before.residentKib() + 24 * 1_024);
            assertThat(stateBytes).isLessThan(before.stateBytes() + 64 * 1_024);
        }
    }
}
