package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.operator.registry.RegistryAccess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorConfigurationTest {
    @Test
    void whatIsNotSetHasItsDefault() {
        assertThat(OperatorConfiguration.read(Map.of("BPFCHAIN_NAMESPACE", "bpfchain", "BPFCHAIN_IDENTITY", "pod-1")))
                .isEqualTo(new OperatorConfiguration.Result.Valid(new OperatorConfiguration(
                        "bpfchain",
                        "bpfchain-operator",
                        "pod-1",
                        8080,
                        10,
                        Duration.ofMinutes(10),
                        RegistryAccess.anonymous())));
    }

    @Test
    void allProblemsAreReportedTogether() {
        assertThat(OperatorConfiguration.read(Map.of(
                        "BPFCHAIN_NAMESPACE",
                        "Not a label",
                        "BPFCHAIN_HTTP_PORT",
                        "70000",
                        "BPFCHAIN_THREADS",
                        "many",
                        "BPFCHAIN_REGISTRY_CREDENTIALS",
                        "/nowhere")))
                .isEqualTo(new OperatorConfiguration.Result.Invalid(List.of(
                        "BPFCHAIN_NAMESPACE=Not a label is not a DNS label: a-z, 0-9 and -",
                        "BPFCHAIN_IDENTITY is not set",
                        "BPFCHAIN_HTTP_PORT=70000 is not a port from 0 to 65535",
                        "BPFCHAIN_THREADS=many is not a number from 1 to 256",
                        "BPFCHAIN_REGISTRY_CREDENTIALS=/nowhere is not a readable file")));
    }

    @Test
    void registriesWithoutTlsAreAList() {
        assertThat(OperatorConfiguration.read(Map.of(
                        "BPFCHAIN_NAMESPACE",
                        "bpfchain",
                        "BPFCHAIN_IDENTITY",
                        "pod-1",
                        "BPFCHAIN_PLAIN_HTTP_REGISTRIES",
                        "10.0.0.1:5000, registry:80")))
                .isInstanceOfSatisfying(
                        OperatorConfiguration.Result.Valid.class,
                        v -> assertThat(v.configuration().registries().plainHttp())
                                .containsExactlyInAnyOrder("10.0.0.1:5000", "registry:80"));
    }
}
