package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UdpMeterIT {
    private static final int SENT = 0;
    private static final int RECEIVED = 1;

    @Test
    void countsDatagramsOfBothFamiliesInOneTable() {
        try (Example example = Example.of("udp-meter")) {
            example.apply("chain.yaml");
            assertThat(example.probe().run("exchange", "127.0.0.1", "5")).isEqualTo("ok");
            assertThat(example.probe().run("exchange", "::1", "7")).isEqualTo("ok");
            for (String chain : new String[] {"udp-meter-sent-4", "udp-meter-received-6"}) {
                assertThat(example.count(chain, "totals", SENT)).isEqualTo(12);
                assertThat(example.count(chain, "totals", RECEIVED)).isEqualTo(12);
                assertThat(peers(example, chain, "::ffff:127.0.0.1", "sent")).isEqualTo(5);
                assertThat(peers(example, chain, "::ffff:127.0.0.1", "received"))
                        .isEqualTo(5);
                assertThat(peers(example, chain, "::1", "sent")).isEqualTo(7);
                assertThat(peers(example, chain, "::1", "received")).isEqualTo(7);
            }
        }
    }

    private static long peers(Example example, String chain, String address, String field) {
        return example.dump(chain, "peers").stream()
                .filter(e -> e.path("key").path("address").asText().equals(address))
                .mapToLong(e -> e.path("value").path(field).asLong())
                .sum();
    }
}
