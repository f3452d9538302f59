package io.bpfchain.agent.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A real https server on loopback; its certificate, for localhost, is of its own making. */
public final class TestHttps implements AutoCloseable {
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> served = new HashSet<>();
    private final SSLContext context;
    private final Path authority;
    private final HttpsServer server;

    private TestHttps(SSLContext context, Path authority, HttpsServer server) {
        this.context = context;
        this.authority = authority;
        this.server = server;
    }

    /**
     * Starts one.
     *
     * @param directory where its key and its certificate are written
     */
    public static TestHttps start(Path directory) {
        try {
            Path keys = directory.resolve("keys.p12");
            keytool(
                    keys,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "SAN=dns:localhost",
                    "-storetype",
                    "PKCS12");
            Path authority = directory.resolve("authority.pem");
            keytool(keys, "-exportcert", "-rfc", "-file", authority.toString());
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            TestHttps https = new TestHttps(context(keys), authority, server);
            server.setHttpsConfigurator(new HttpsConfigurator(https.context));
            server.setExecutor(https.threads);
            server.start();
            return https;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path keys, String command, String... options) {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), command));
        all.addAll(List.of("-alias", "test", "-storepass", "secret", "-keystore", keys.toString()));
        all.addAll(List.of(options));
        Commands.run(all);
    }

    private static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
        KeyStore loaded = KeyStore.getInstance(keys.toFile(), "secret".toCharArray());
        KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        key.init(loaded, "secret".toCharArray());
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("test", loaded.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(key.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** What a client that trusts this server and nobody else uses. */
    public SSLContext trust() {
        return context;
    }

    /** The certificate of its authority, as PEM. */
    public Path authority() {
        return authority;
    }

    public String url(String path) {
        return "https://localhost:" + server.getAddress().getPort() + path;
    }

    /** How many requests were answered by what {@link #serve} was given. */
    public int requests() {
        return requests.get();
    }

    /** Serves something at a path, instead of what was there. */
    public void serve(String path, HttpHandler handler) {
        remove(path);
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                handler.handle(exchange);
            }
        });
        served.add(path);
    }

    /** From now on there is nothing at a path. */
    public void remove(String path) {
        if (served.remove(path)) {
            server.removeContext(path);
        }
    }

    /** Serves a file. */
    public void serve(String path, Path file) {
        serve(path, e -> answer(e, 200, Files.readAllBytes(file)));
    }

    /** Accepts a request and does not answer it. */
    public void silent(String path) {
        serve(path, e -> awaitTheEnd());
    }

    /** Answers with the first byte and no more. */
    public void stalled(String path) {
        serve(path, e -> {
            e.sendResponseHeaders(200, 0);
            e.getResponseBody().write('h');
            e.getResponseBody().flush();
            awaitTheEnd();
        });
    }

    /** Answers without a length and without an end. */
    public void endless(String path) {
        serve(path, e -> {
            byte[] some = new byte[1 << 16];
            e.sendResponseHeaders(200, 0);
            while (true) {
                e.getResponseBody().write(some);
            }
        });
    }

    /** Answers a request with a text. */
    public static void answer(HttpExchange exchange, int status, String body) throws IOException {
        answer(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            in.readAllBytes();
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private void awaitTheEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.close();
    }
}
