package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorConfigurationTest {
    @Test
    void whatIsNotSetHasItsDefault() {
        assertThat(OperatorConfiguration.read(Map.of("BPFCHAIN_NAMESPACE", "bpfchain", "BPFCHAIN_IDENTITY", "pod-1")))
                .isEqualTo(new OperatorConfiguration.Result.Valid(new OperatorConfiguration(
                        "bpfchain", "bpfchain-operator", "pod-1", 8080, 10, Duration.ofMinutes(10))));
    }

    @Test
    void allProblemsAreReportedTogether() {
        assertThat(OperatorConfiguration.read(Map.of(
                        "BPFCHAIN_NAMESPACE",
                        "Not a label",
                        "BPFCHAIN_HTTP_PORT",
                        "70000",
                        "BPFCHAIN_THREADS",
                        "many")))
                .isEqualTo(new OperatorConfiguration.Result.Invalid(List.of(
                        "BPFCHAIN_NAMESPACE=Not a label is not a DNS label: a-z, 0-9 and -",
                        "BPFCHAIN_IDENTITY is not set",
                        "BPFCHAIN_HTTP_PORT=70000 is not a port from 0 to 65535",
                        "BPFCHAIN_THREADS=many is not a number from 1 to 256")));
    }
}
