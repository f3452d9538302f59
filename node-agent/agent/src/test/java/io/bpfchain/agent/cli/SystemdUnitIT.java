package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bpfchain.agent.engine.Chains;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of {@code docs/systemd}, started by a real systemd in namespaces of its own: its sandbox lets the daemon do its work. */
class SystemdUnitIT {
    private static final Path UNIT = Path.of("../../docs/systemd/bpfchain.service");
    private static final Path SCRIPTS = Path.of("src/test/resources/systemd");

    /** CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_PERFMON, CAP_BPF. */
    private static final String CAPABILITIES = "000000c000201004";

    @Test
    void keepsAChainAttachedInItsSandboxAndLeavesItWhenItIsStopped(@TempDir Path lab) throws Exception {
        assumeTrue(Files.exists(Path.of("/lib/systemd/systemd")), "systemd is not installed here");
        install(lab);
        try (TestCgroup cgroup = TestCgroup.create()) {
            cgroup.child("guarded-1");
            Process process = new ProcessBuilder(
                            "bash",
                            SCRIPTS.resolve("boot").toString(),
                            lab.toString(),
                            cgroup.directory().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(lab.resolve("boot.log").toFile())
                    .start();
            try {
                assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(logs(lab)).isTrue();
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(Files.readAllLines(lab.resolve("output")))
                    .as(logs(lab))
                    .map(line -> line.replace('\t', ' '))
                    .containsSubsequence(
                            "guarded-1: first",
                            "CapPrm: " + CAPABILITIES,
                            "CapEff: " + CAPABILITIES,
                            "CapBnd: " + CAPABILITIES,
                            "NoNewPrivs: 1",
                            "Seccomp: 2",
                            "guarded-2: first",
                            "/var/lib/bpfchain 700",
                            "/sys/fs/bpf/bpfchain 700",
                            "stopped: 0 success",
                            "INFO stops; everything stays attached",
                            "still: first first",
                            "started: 0 active",
                            "cgroupprogramchain.bpfchain.io/unit deleted",
                            "deleted:");
        }
    }

    /** Where the unit looks for them: the command line, which is this build's, and a chain file. */
    private static void install(Path lab) throws IOException {
        Path opt = Files.createDirectory(lab.resolve("opt"));
        UserInstallation.make(opt);
        Path launcher = Files.createDirectory(opt.resolve("bin")).resolve("bpfchain");
        Files.writeString(launcher, """
                #!/bin/bash
                class_path=$(printf '%%s:' /opt/bpfchain/lib/[0-9]*)
                exec %s/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
                  -Dbpfchain.native.dir=/opt/bpfchain/lib/native -cp "$class_path" %s "$@"
                """.formatted(System.getProperty("java.home"), Main.class.getName()));
        Commands.run("chmod", "+x", launcher.toString());
        Path chains = Files.createDirectories(lab.resolve("etc/chains"));
        Files.copy(Chains.object(1), chains.resolve("chain.o"));
        Files.writeString(
                chains.resolve("chain.yaml"), Chains.yaml("unit", "/guarded*", 100, Path.of("chain.o"), "first"));
        Files.copy(UNIT, lab.resolve("bpfchain.service"));
        Files.copy(SCRIPTS.resolve("check"), lab.resolve("check"));
    }

    private static String logs(Path lab) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("boot.log", "console", "output")) {
            if (Files.exists(lab.resolve(name))) {
                text.append(name).append(":\n").append(Files.readString(lab.resolve(name)));
            }
        }
        return text.toString();
    }
}
