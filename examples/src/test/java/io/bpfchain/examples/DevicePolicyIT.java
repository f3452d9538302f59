package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.traffic.Probe;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicePolicyIT {
    @Test
    void grantsWhatTheListGrants(@TempDir Path directory) {
        try (Example example = Example.of("device-policy")) {
            example.apply("chain.yaml");
            Probe probe = example.probe();
            assertThat(probe.run("open", "/dev/null", "rw")).isEqualTo("ok");
            assertThat(probe.run("open", "/dev/zero", "r")).isEqualTo("ok");
            assertThat(probe.run("open", "/dev/zero", "w")).isEqualTo("EPERM");
            assertThat(probe.run("open", "/dev/full", "r")).isEqualTo("EPERM");
            assertThat(probe.run("mknod", directory.resolve("null").toString(), "c", "1", "3"))
                    .isEqualTo("ok");
            assertThat(probe.run("mknod", directory.resolve("random").toString(), "c", "1", "8"))
                    .isEqualTo("EPERM");
            assertThat(probe.run("mknod", directory.resolve("disk").toString(), "b", "1", "3"))
                    .isEqualTo("EPERM");
        }
    }

    @Test
    void entryForAnyMinorHoldsForDevicesWithoutAnEntryOfTheirOwn(@TempDir Path directory) {
        try (Example example = Example.of("device-policy")) {
            example.edit("chain.yaml", "major: 136, minor: 4294967295", "major: 1, minor: 4294967295");
            example.apply("chain.yaml");
            assertThat(example.probe().run("open", "/dev/full", "rw")).isEqualTo("ok");
            assertThat(example.probe().run("open", "/dev/zero", "w")).isEqualTo("EPERM");
        }
    }
}
