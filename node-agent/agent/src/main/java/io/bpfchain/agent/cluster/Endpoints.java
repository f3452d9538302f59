package io.bpfchain.agent.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves {@code /healthz}, {@code /readyz} and {@code /metrics} of an agent. One thread is enough for a kubelet and a Prometheus. */
public final class Endpoints implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("http").factory());

    /**
     * Serves until {@link #close}.
     *
     * @param port 0: any free one
     */
    public Endpoints(int port, NodeAgent agent, AgentMetrics metrics) throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(thread);
        server.createContext("/healthz", e -> answer(e, agent.isHealthy() ? Optional.empty() : Optional.of("stuck")));
        server.createContext("/readyz", e -> answer(e, agent.notReady()));
        server.createContext("/metrics", e -> send(e, HttpURLConnection.HTTP_OK, metrics.text()));
        server.start();
    }

    /** The port that it serves on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, Optional<String> trouble) throws IOException {
        send(
                exchange,
                trouble.isEmpty() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE,
                trouble.orElse("ok") + "\n");
    }

    private static void send(HttpExchange exchange, int code, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        thread.shutdownNow();
    }
}
