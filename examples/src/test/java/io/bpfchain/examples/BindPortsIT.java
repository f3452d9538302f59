package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BindPortsIT {
    private static final int NOBODY = 65_534;

    @Test
    void letsListedPortsBeBoundOnly() {
        try (Example example = Example.of("bind-ports")) {
            example.apply("chain.yaml");
            assertThat(example.probe().run("bind", "tcp", "127.0.66.1", "8080")).isEqualTo("ok");
            assertThat(example.probe().run("bind", "udp", "127.0.66.1", "8080")).isEqualTo("EPERM");
            assertThat(example.probe().run("bind", "udp", "::1", "443")).isEqualTo("ok");
            assertThat(example.probe().run("bind", "tcp", "::1", "8081")).isEqualTo("EPERM");
            assertThat(example.probe().run("bind", "tcp", "127.0.66.1", "0")).isEqualTo("ok");
            assertThat(example.count("bind-ports-4", "counters", 1)).isEqualTo(2);
        }
    }

    @Test
    void givesOrdinaryUsersTheListedPortsWhenToldSo() {
        try (Example example = Example.of("bind-ports")) {
            example.apply("chain.yaml");
            assertThat(example.probe().as(NOBODY).run("bind", "tcp", "127.0.66.1", "80"))
                    .isEqualTo("EACCES");
            example.apply("chain-unprivileged.yaml");
            assertThat(example.probe().as(NOBODY).run("bind", "tcp", "127.0.66.1", "80"))
                    .isEqualTo("ok");
            assertThat(example.probe().as(NOBODY).run("bind", "tcp", "127.0.66.1", "81"))
                    .isEqualTo("EPERM");
        }
    }
}
