package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.Chains;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host without a BPF file system at {@code /sys/fs/bpf}. It takes that of the whole machine away, so it runs in the guests of {@code
 * scripts/kernel-matrix} and nowhere else; that nothing is mounted in a private mount namespace is tested everywhere ({@link
 * BadMachineIT}).
 */
@Tag("kernel")
@Tag("guest")
class UsualBpffsIT {
    private final TestCgroup cgroup = TestCgroup.create();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        cgroup.close();
    }

    private record Ended(int code, String message) {}

    @Test
    void isMountedByApplyAndByNothingThatOnlyReads() throws IOException {
        assertThat(Path.of("/app/tests")).as("a guest of scripts/kernel-matrix").isDirectory();
        Path chain = Files.writeString(
                directory.resolve("chain.yaml"), Chains.yaml("good", cgroup.path(), 100, Chains.object(1), "first"));
        String file = chain.toString();
        assertThat(run("apply", "-f", file)).isEqualTo(new Ended(0, ""));
        assertThat(run("delete", "chain", "good")).isEqualTo(new Ended(0, ""));
        Commands.run("umount", BpffsSearch.USUAL.toString());

        assertThat(run("plan", "-f", file).code()).isEqualTo(3);
        assertThat(run("get", "chains").message()).contains("No BPF file system is mounted at /sys/fs/bpf");
        assertThat(BpffsSearch.usualIsThere()).isFalse();

        Ended mounted = run("apply", "-f", file);

        assertThat(mounted.code()).as(mounted.message()).isZero();
        assertThat(mounted.message())
                .contains("mounted a BPF file system at /sys/fs/bpf for pins, as systemd does at boot");
        assertThat(BpffsSearch.usualIsThere()).isTrue();
        assertThat(Path.of("/sys/fs/bpf/bpfchain")).isDirectory();
        assertThat(run("apply", "-f", file)).as("it is there now").isEqualTo(new Ended(0, ""));
        assertThat(run("delete", "chain", "good")).isEqualTo(new Ended(0, ""));
    }

    private Ended run(String... arguments) {
        List<String> all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--state-dir", directory.resolve("state").toString()))
                .toList();
        CommandResult result = CommandResult.of(all);
        return new Ended(result.code(), result.err());
    }
}
