package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.TestJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that a signal stops ends as a shell expects, and as the manual page says. */
class SignalIT {
    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void endsWithTheCodeThatTheManualPageGivesTheSignal(String signal, int code, @TempDir Path directory)
            throws IOException, InterruptedException {
        try (TestHost machine = new TestHost(directory)) {
            Process process = new ProcessBuilder(TestJvm.command(
                            List.of(
                                    "env",
                                    "--default-signal=INT", // a shell's background job ignores it
                                    "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + directory), // of which something is left
                            Main.class,
                            "tree",
                            machine.cgroup().path(),
                            "--stats",
                            "60s",
                            "--state-dir",
                            machine.state().toString(),
                            "--bpffs",
                            machine.bpffs().toString()))
                    .redirectErrorStream(true)
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> counts(process));
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(code);
            } finally {
                process.destroyForcibly();
            }
        }
        assertThat(Files.readString(Path.of("../../docs/man/bpfchain.1"))).contains(".B 130, 143\nStopped by SIGINT");
    }

    /** Whether it has switched the kernel's statistics on, which a descriptor stands for. */
    private static boolean counts(Process process) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().contains("bpf-stats")) {
                    return true;
                }
            }
            return false;
        }
    }
}
