package io.bpfchain.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.traffic.Waiting;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatefulFirewallIT {
    private static final int ADMITTED_REPLY = 1;
    private static final int ADMITTED_OPEN_PORT = 2;
    private static final int DENIED_UNSOLICITED = 3;

    @Test
    void admitsAnswersAndOpenPortsOnly() throws IOException {
        try (Example example = Example.of("stateful-firewall")) {
            example.apply("chain.yaml");
            assertThat(ask(example)).isEqualTo("ok answer");
            assertThat(sendFromOutside(example, 40_201)).isEqualTo("ETIMEDOUT");
            assertThat(sendFromOutside(example, 8853)).isEqualTo("ok hello");
            assertThat(counted(example, ADMITTED_REPLY)).isEqualTo(1);
            assertThat(counted(example, DENIED_UNSOLICITED)).isEqualTo(1);
            assertThat(counted(example, ADMITTED_OPEN_PORT)).isEqualTo(1);
        }
    }

    @Test
    void keepsTheFlowTableOverAnUpdate() throws IOException {
        try (Example example = Example.of("stateful-firewall")) {
            example.apply("chain.yaml");
            assertThat(ask(example)).isEqualTo("ok answer");
            example.edit("chain.yaml", "idle_seconds: 300", "idle_seconds: 600");
            example.apply("chain.yaml");
            assertThat(example.dump("stateful-firewall-egress", "flows")).hasSize(1);
            assertThat(example.dump("stateful-firewall-ingress", "flows")).hasSize(1);
        }
    }

    private static long counted(Example example, int outcome) {
        return example.count("stateful-firewall-ingress", "counters", outcome);
    }

    /** A client inside asks a server outside, which answers. */
    private static String ask(Example example) throws IOException {
        try (DatagramSocket server = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
                Waiting answer = example.probe().begin("ask", "127.0.0.1", Integer.toString(server.getLocalPort()))) {
            server.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
            DatagramPacket question = new DatagramPacket(new byte[64], 64);
            try {
                server.receive(question);
            } catch (SocketTimeoutException e) {
                return "no question";
            }
            server.send(new DatagramPacket("answer".getBytes(UTF_8), 6, question.getSocketAddress()));
            return answer.answer();
        }
    }

    /** Somebody outside sends to a server inside, which never asked for it. */
    private static String sendFromOutside(Example example, int port) throws IOException {
        try (Waiting server = example.probe().begin("wait", "127.0.0.1", Integer.toString(port));
                DatagramSocket client = new DatagramSocket()) {
            client.send(new DatagramPacket("hello".getBytes(UTF_8), 5, InetAddress.ofLiteral("127.0.0.1"), port));
            return server.answer();
        }
    }
}
