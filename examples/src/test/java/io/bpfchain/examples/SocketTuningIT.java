package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SocketTuningIT {
    @Test
    void tunesBothEndsOfAConnection() {
        try (Example example = Example.of("socket-tuning")) {
            assertThat(example.probe().run("keepalive", "127.0.0.1")).startsWith("ok 0 ");
            example.apply("chain.yaml");
            assertThat(example.probe().run("keepalive", "127.0.0.1")).isEqualTo("ok 1 45 5 4 30000 1 45 5 4 30000");
            assertThat(example.probe().run("keepalive", "::1")).isEqualTo("ok 1 45 5 4 30000 1 45 5 4 30000");
            assertThat(example.count("socket-tuning", "counters", 0)).isEqualTo(4);
        }
    }

    @Test
    void newConstantsHoldForNewConnections() {
        try (Example example = Example.of("socket-tuning")) {
            example.apply("chain.yaml");
            example.edit("chain.yaml", "keepalive_idle_seconds: 45", "keepalive_idle_seconds: 90");
            example.apply("chain.yaml");
            assertThat(example.probe().run("keepalive", "127.0.0.1")).isEqualTo("ok 1 90 5 4 30000 1 90 5 4 30000");
        }
    }
}
