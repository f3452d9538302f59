package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cgroup.MountedCgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories as kubelets make them stand for cgroups. */
class NodeCgroupsTest {
    @TempDir
    Path root;

    private NodeCgroups cgroups;

    @BeforeEach
    void look() {
        cgroups = new NodeCgroups(new MountedCgroups(root), Optional.empty(), new Pods(() -> {}));
    }

    @Test
    void thatThereIsNoTreeOfPodsDoesNotSayThatThereAreNoPods() {
        assertThat(cgroups.uids()).isEmpty();
    }

    @Test
    void thePodsOfEveryClassAreFound() throws IOException {
        Files.createDirectories(root.resolve("kubepods/pod1"));
        Files.createDirectories(root.resolve("kubepods/besteffort/pod2"));
        assertThat(cgroups.uids()).contains(Set.of("1", "2"));
    }
}
