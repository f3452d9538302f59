package io.bpfchain.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /healthz}, {@code /readyz} and {@code /metrics}. */
final class Endpoints implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Endpoints(HttpServer server) {
        this.server = server;
    }

    static Endpoints serve(int port, BooleanSupplier healthy, BooleanSupplier ready, Supplier<String> metrics)
            throws IOException {
        Endpoints endpoints = new Endpoints(HttpServer.create(new InetSocketAddress(port), 0));
        endpoints.server.setExecutor(endpoints.threads);
        endpoints.server.createContext("/healthz", e -> answer(e, healthy.getAsBoolean()));
        endpoints.server.createContext("/readyz", e -> answer(e, ready.getAsBoolean()));
        endpoints.server.createContext(
                "/metrics", e -> answer(e, HttpURLConnection.HTTP_OK, "text/plain; version=0.0.4", metrics.get()));
        endpoints.server.start();
        return endpoints;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, boolean well) throws IOException {
        int code = well ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE;
        answer(exchange, code, "text/plain", well ? "ok\n" : "not yet\n");
    }

    private static void answer(HttpExchange exchange, int code, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
