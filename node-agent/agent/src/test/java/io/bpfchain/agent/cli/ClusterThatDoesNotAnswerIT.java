package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.bpfchain.agent.source.TestHttps;
import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl bpfchain} where the API server is away or in trouble; the real client, and servers of the test's own on loopback. */
class ClusterThatDoesNotAnswerIT {
    @TempDir
    Path directory;

    private CommandResult run(String server, String... command) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: lab, context: {cluster: c, user: u}}]
                current-context: lab
                """.formatted(server));
        List<String> args = new ArrayList<>(List.of("kubectl"));
        args.addAll(List.of(command));
        args.addAll(List.of("--kubeconfig", kubeconfig.toString()));
        return CommandResult.of(args);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void saysWhatWasAskedOfWhichServerAndWhatCameBack() throws IOException {
        String server = "https://127.0.0.1:" + freePort();

        CommandResult status = run(server, "status");

        assertThat(status.code()).isEqualTo(1);
        assertThat(status.err())
                .contains("error: list CgroupProgramChains at " + server + "/ (context lab): ")
                .containsPattern("\\(context lab\\): (Connection refused|the connection was refused)")
                .contains("--kubeconfig and --context choose another one")
                .doesNotContain("Exception");
    }

    @Test
    void saysThatTheServersCertificateIsNotTrusted() throws IOException {
        try (TestHttps strange = TestHttps.start(directory)) {
            CommandResult status = run(strange.url(""), "status");
            assertThat(status.code()).isEqualTo(1);
            assertThat(status.err())
                    .contains("(context lab): its certificate is not signed by an authority that the kubeconfig trusts")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void saysWhatAServerAnsweredThatIsInTrouble() throws IOException {
        HttpServer broken = server("/", 503, "no healthy upstream");
        try {
            CommandResult status = run("http://127.0.0.1:" + broken.getAddress().getPort(), "status");
            assertThat(status.code()).isEqualTo(1);
            assertThat(status.err()).contains("(context lab): ").doesNotContain("Exception");
        } finally {
            broken.stop(0);
        }
    }

    @Test
    void aDumpOfAClusterThatIsAwayIsNoFileAndAFailure() throws IOException {
        Path archive = directory.resolve("dump.tar.gz");

        CommandResult dump = run("https://127.0.0.1:" + freePort(), "support-dump", "--file", archive.toString());

        assertThat(dump.code()).isEqualTo(1);
        assertThat(dump.err()).contains("gather versions.yaml at https://127.0.0.1");
        assertThat(archive).doesNotExist();
    }

    @Test
    void aDumpOfAClusterThatStopsAnsweringHoldsWhatCameAndIsAFailure() throws IOException {
        HttpServer partly =
                server("/version", 200, "{\"major\": \"1\", \"minor\": \"36\", \"gitVersion\": \"v1.36.0\"}");
        partly.createContext("/", exchange -> {
            exchange.sendResponseHeaders(
                    exchange.getRequestURI().getPath().contains("customresourcedefinitions") ? 404 : 503, -1);
            exchange.close();
        });
        Path archive = directory.resolve("dump.tar.gz");
        try {
            CommandResult dump = run(
                    "http://127.0.0.1:" + partly.getAddress().getPort(), "support-dump", "--file", archive.toString());

            assertThat(dump.code()).as(dump.err()).isEqualTo(1);
            assertThat(dump.err()).contains("error: gather chains at http").contains("problems.txt in the archive");
            assertThat(Commands.run("tar", "-xzOf", archive.toString()))
                    .contains("v1.36.0")
                    .contains("gather chains at http")
                    .doesNotContain("Exception");
        } finally {
            partly.stop(0);
        }
    }

    private static HttpServer server(String path, int status, String body) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(path, exchange -> {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
