package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.traffic.Traffic;
import org.junit.jupiter.api.Test;

class EgressFirewallIT {
    private static final String CHAIN = "egress-firewall";
    private static final int PASSED = 0;
    private static final int DENIED_ADDRESS = 1;
    private static final int DENIED_PORT = 2;

    @Test
    void deniesByPrefixAndByPort() {
        try (Example example = Example.of("egress-firewall")) {
            example.apply("chain.yaml");
            assertThat(example.probe().run("send", "udp", "127.0.66.1", "9999", "3"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("send", "udp", "127.0.0.1", "9999", "3"))
                    .isEqualTo("ok");
            assertThat(example.probe().run("send", "udp", "127.0.0.1", "161", "1"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("send", "udp", "127.0.0.1", "25", "1"))
                    .isEqualTo("ok");
            assertThat(example.probe().run("send", "udp", "::1", "445", "1")).isEqualTo("EPERM");
            assertThat(example.probe().run("send", "udp", "::1", "9999", "1")).isEqualTo("ok");
            assertThat(example.count(CHAIN, "counters", PASSED, "packets")).isEqualTo(5);
            assertThat(example.count(CHAIN, "counters", DENIED_ADDRESS, "packets"))
                    .isEqualTo(1);
            assertThat(example.count(CHAIN, "counters", DENIED_PORT, "packets")).isEqualTo(2);
        }
    }

    @Test
    void changesTheListWithoutTouchingTheProgram() {
        try (Example example = Example.of("egress-firewall")) {
            example.apply("chain.yaml");
            example.edit("destinations4.txt", "127.0.66.0/24      DENY", "127.0.67.0/24      DENY");
            assertThat(example.plan("chain.yaml"))
                    .contains("destinations4: 2 entries change", "- 127.0.66.0/24 = ", "+ 127.0.67.0/24 = ");
            assertThat(example.apply("chain.yaml")).doesNotContain("replace");
            assertThat(example.probe().run("send", "udp", "127.0.66.1", "9999", "1"))
                    .isEqualTo("ok");
            assertThat(example.probe().run("send", "udp", "127.0.67.1", "9999", "1"))
                    .isEqualTo("EPERM");
        }
    }

    @Test
    void keepsEveryCountOverAnUpgradeUnderTraffic() {
        try (Example example = Example.of("egress-firewall")) {
            example.apply("chain.yaml");
            try (Traffic traffic = Traffic.udp(example.cgroup(), 40_100, 0, 10_000_000, 20_000)) {
                for (int i = 0; i < 5; i++) {
                    example.apply("chain-v2.yaml");
                    example.apply("chain.yaml");
                }
                example.apply("chain-v2.yaml");
                long sent = traffic.stop().packets();
                assertThat(example.count(CHAIN, "counters", PASSED, "packets")).isEqualTo(sent);
            }
        }
    }

    @Test
    void secondVersionRemembersWhatWasDenied() {
        try (Example example = Example.of("egress-firewall")) {
            example.apply("chain-v2.yaml");
            assertThat(example.probe().run("send", "udp", "127.0.66.1", "9999", "1"))
                    .isEqualTo("EPERM");
            assertThat(example.dump(CHAIN, "denied")).singleElement().satisfies(entry -> {
                assertThat(entry.path("key").path("address").asText()).isEqualTo("::ffff:127.0.66.1");
                assertThat(entry.path("key").path("port").asInt()).isEqualTo(9999);
                assertThat(entry.path("value").path("packets").asLong()).isEqualTo(1);
            });
        }
    }

    @Test
    void onlyCountsWhereItDoesNotEnforce() {
        try (Example example = Example.of("egress-firewall")) {
            example.edit("chain.yaml", "enforce: true", "enforce: false");
            example.apply("chain.yaml");
            assertThat(example.probe().run("send", "udp", "127.0.66.1", "9999", "2"))
                    .isEqualTo("ok");
            assertThat(example.count(CHAIN, "counters", DENIED_ADDRESS, "packets"))
                    .isEqualTo(2);
        }
    }
}
