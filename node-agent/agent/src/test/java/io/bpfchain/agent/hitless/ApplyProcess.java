package io.bpfchain.agent.hitless;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cli.Main;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code bpfchain apply} as a user starts it: a process for each time. */
final class ApplyProcess {
    private final Path file;
    private final List<String> command;

    /** Applies a chain by a file of its own. */
    ApplyProcess(TestHost host, Path file) {
        this.file = file;
        this.command = TestJvm.command(
                List.of(),
                Main.class,
                "apply",
                "-f",
                file.toString(),
                "--state-dir",
                host.state().toString(),
                "--bpffs",
                host.bpffs().toString());
    }

    /** Applies; must go through and change something. */
    void apply(String yaml) {
        try {
            Files.writeString(file, yaml);
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains(" configured");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
