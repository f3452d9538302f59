package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a process loads that runs one command. */
class StartIT {
    @Test
    void onlyCommandsThatWorkOnAClusterLoadAKubernetesClient() {
        assertThat(loaded("version")).contains("io.bpfchain.agent.cli.Main").doesNotContain("io.fabric8");
        assertThat(loaded("kubectl --help")).contains("FleetStatusCommand").doesNotContain("io.fabric8");
        assertThat(loaded("kubectl status --kubeconfig /nonexistent"))
                .as("the log would show it")
                .contains("io.fabric8");
    }

    @Test
    void whatCannotBePrintedIsAFailureAndAClosedPipeIsNot() {
        assertThat(ended("version >/dev/full"))
                .contains("write to standard output: No space left on device", "was done")
                .endsWith("1\n");
        assertThat(ended("--help | true")).isEqualTo("0\n");
    }

    private static String ended(String arguments) {
        String command = String.join(" ", TestJvm.command(List.of(), Main.class));
        return Commands.run("bash", "-c", "exec 2>&1; " + command + " " + arguments + "; echo ${PIPESTATUS[0]}");
    }

    private static String loaded(String arguments) {
        String command = String.join(" ", TestJvm.command(List.of(), Main.class));
        return Commands.run(
                "bash",
                "-c",
                "JAVA_TOOL_OPTIONS=-Xlog:class+load:stdout " + command + " " + arguments + " 2>&1 || true");
    }
}
