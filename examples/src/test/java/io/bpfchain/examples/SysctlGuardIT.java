package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.traffic.Probe;
import org.junit.jupiter.api.Test;

class SysctlGuardIT {
    private static final String TTL = "/proc/sys/net/ipv4/ip_default_ttl";

    /** Every write is in a network namespace of its own, so nothing of the machine is changed. */
    @Test
    void letsListedSysctlsBeWrittenWithinTheirRange() {
        try (Example example = Example.of("sysctl-guard")) {
            example.apply("chain.yaml");
            Probe probe = example.probe().inNewNetwork();
            assertThat(probe.run("read", TTL)).startsWith("ok ");
            assertThat(probe.run("write", TTL, "64")).isEqualTo("ok");
            assertThat(probe.run("write", TTL, "128\n")).isEqualTo("ok");
            assertThat(probe.run("write", TTL, "129")).isEqualTo("EPERM");
            assertThat(probe.run("write", TTL, "63")).isEqualTo("EPERM");
            assertThat(probe.run("write", TTL, "64 65")).isEqualTo("EPERM");
            assertThat(probe.run("write", TTL, "-64")).isEqualTo("EPERM");
            assertThat(probe.run("write", "/proc/sys/net/ipv4/ip_forward", "1")).isEqualTo("EPERM");
            assertThat(probe.run("read", "/proc/sys/net/ipv4/ip_forward")).startsWith("ok ");
            assertThat(example.count("sysctl-guard", "counters", 1)).isEqualTo(2);
            assertThat(example.count("sysctl-guard", "counters", 2)).isEqualTo(1);
            assertThat(example.count("sysctl-guard", "counters", 3)).isEqualTo(4);
        }
    }
}
