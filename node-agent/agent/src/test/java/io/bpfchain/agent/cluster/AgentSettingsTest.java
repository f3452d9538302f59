package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSettingsTest {
    @TempDir
    Path directory;

    @Test
    void readsWhatADaemonSetSays() throws IOException {
        Path machineId = Files.writeString(directory.resolve("machine-id"), "0123\n");
        assertThat(AgentSettings.read(
                        Map.of("NODE_NAME", "node-1.example", "POD_NAMESPACE", "bpfchain-system"),
                        new AgentSettings.Options(machineId, Optional.of("/kubelet"), directory, 8080)))
                .isInstanceOfSatisfying(AgentSettings.Result.Valid.class, v -> {
                    assertThat(v.settings().node()).isEqualTo("node-1.example");
                    assertThat(v.settings().machineId()).isEqualTo("0123");
                    assertThat(v.settings().directory()).isEqualTo(directory.resolve("cluster"));
                });
    }

    @Test
    void namesEverythingThatIsWrong() {
        Path nowhere = directory.resolve("none");
        assertThat(AgentSettings.read(
                        Map.of("NODE_NAME", "Not a node"),
                        new AgentSettings.Options(nowhere, Optional.of("kubelet"), directory, 70_000)))
                .isInstanceOfSatisfying(AgentSettings.Result.Invalid.class, i -> {
                    List<String> problems = i.problems();
                    assertThat(problems).hasSize(5);
                    assertThat(problems.get(0)).contains("NODE_NAME=Not a node");
                    assertThat(problems.get(1)).contains("POD_NAMESPACE is not set");
                    assertThat(problems.get(2)).contains("--port=70000");
                    assertThat(problems.get(3)).contains("--kubelet-cgroup-root=kubelet");
                    assertThat(problems.get(4)).contains("--machine-id=" + nowhere);
                });
    }
}
