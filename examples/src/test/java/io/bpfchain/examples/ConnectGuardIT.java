package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ConnectGuardIT {
    @Test
    void deniesWithEpermInBothFamilies() {
        try (Example example = Example.of("connect-guard")) {
            example.apply("chain.yaml");
            assertThat(example.probe().run("connect", "tcp", "10.2.3.4", "80")).isEqualTo("EPERM");
            assertThat(example.probe().run("connect", "udp", "169.254.169.254", "80"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("connect", "udp", "fd00:ec2::254", "80"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("connect", "udp", "::ffff:10.2.3.4", "80"))
                    .isEqualTo("EPERM");
            assertThat(example.probe().run("connect", "udp", "127.0.0.1", "80")).isEqualTo("ok 127.0.0.1 80");
            assertThat(example.probe().run("connect", "udp", "::1", "80")).isEqualTo("ok ::1 80");
            assertThat(example.count("connect-guard-4", "counters", 2)).isEqualTo(4);
        }
    }

    @Test
    void mostSpecificPrefixDecides() {
        try (Example example = Example.of("connect-guard")) {
            example.apply("chain.yaml");
            assertThat(example.probe().run("connect", "udp", "10.1.2.3", "80")).isNotEqualTo("EPERM");
        }
    }

    @Test
    void redirectsToAnotherAddressAndPort() throws IOException {
        try (Example example = Example.of("connect-guard");
                ServerSocket v4 = listen("127.0.0.1");
                ServerSocket v6 = listen("::1")) {
            example.edit(
                    "chain.yaml",
                    "{address: 127.0.0.1, port: 8080}",
                    "{address: 127.0.0.1, port: " + v4.getLocalPort() + "}");
            example.edit(
                    "chain.yaml",
                    "{address: \"::1\", port: 8080}",
                    "{address: \"::1\", port: " + v6.getLocalPort() + "}");
            example.apply("chain.yaml");
            assertThat(example.probe().run("connect", "tcp", "198.51.100.10", "80"))
                    .isEqualTo("ok 127.0.0.1 " + v4.getLocalPort());
            assertThat(example.probe().run("connect", "tcp", "2001:db8::10", "80"))
                    .isEqualTo("ok ::1 " + v6.getLocalPort());
            assertThat(example.count("connect-guard-6", "counters", 1)).isEqualTo(2);
        }
    }

    private static ServerSocket listen(String address) throws IOException {
        return new ServerSocket(0, 5, InetAddress.ofLiteral(address));
    }
}
