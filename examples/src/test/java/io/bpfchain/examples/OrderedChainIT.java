package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedChainIT {
    @Test
    void priorityOrdersTheTeamsWhoeverAppliesFirst() {
        try (Example example = Example.of("ordered-chain")) {
            for (String file : List.of("observability.yaml", "platform.yaml", "security.yaml")) {
                example.apply(file);
            }
            assertThat(example.succeed("tree"))
                    .containsSubsequence("platform-services", "security-guard", "observability-count");
        }
    }

    @Test
    void guardJudgesTheTranslatedAddressAndTheCounterSeesDeniedAttempts() {
        try (Example example = Example.of("ordered-chain")) {
            example.apply(".");
            assertThat(example.probe().run("connect", "udp", "203.0.113.1", "80"))
                    .isEqualTo("ok 127.0.0.1 8080");
            assertThat(example.probe().run("connect", "udp", "203.0.113.2", "80"))
                    .isEqualTo("EPERM");
            assertThat(example.dump("observability-count", "attempts"))
                    .extracting(e -> e.path("key").path("address").asText()
                            + ":" + e.path("key").path("port").asText() + " "
                            + e.path("value").asText())
                    .containsExactlyInAnyOrder("127.0.0.1:8080 1", "127.0.66.1:8080 1");
        }
    }

    @Test
    void oneTeamsUpdateLeavesTheOthersAlone() {
        try (Example example = Example.of("ordered-chain")) {
            example.apply(".");
            example.edit("security.yaml", "127.0.66.0/24", "127.0.0.0/24");
            example.apply("security.yaml");
            assertThat(example.probe().run("connect", "udp", "203.0.113.1", "80"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("connect", "udp", "203.0.113.2", "80"))
                    .isEqualTo("ok 127.0.66.1 8080");
            assertThat(example.succeed("tree"))
                    .containsSubsequence("platform-services", "security-guard", "observability-count");
        }
    }
}
