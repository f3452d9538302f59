package io.bpfchain.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.source.Sources.Fetched;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.SourceSpec.UrlSource;
import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real https server with a certificate of its own. */
class HttpsSourceIT {
    private static final String HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final Limits PATIENT = new Limits(1000, Duration.ofSeconds(30), Duration.ofSeconds(30));
    private static final Limits IMPATIENT = new Limits(1000, Duration.ofSeconds(30), Duration.ofMillis(1500));

    @TempDir
    static Path keys;

    @TempDir
    Path state;

    private static final SSLContext TLS = context();

    private Limits limits = PATIENT;
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server = server();

    @BeforeAll
    static void makeAKey() throws IOException, GeneralSecurityException {
        Path store = keys.resolve("keys.p12");
        Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                store.toString());
        KeyStore loaded = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        key.init(loaded, "secret".toCharArray());
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("test", loaded.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        TLS.init(key.getKeyManagers(), trust.getTrustManagers(), null);
    }

    @BeforeEach
    void serve() {
        server.setHttpsConfigurator(new HttpsConfigurator(TLS));
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.close();
    }

    @Test
    void keepsADownloadByItsDigest() throws IOException {
        serve("/a.o", e -> answer(e, 200, "hello"));
        Path kept = downloads().resolve(HELLO.replace(':', '-'));
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(kept).hasContent("hello");
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(requests).hasValue(1);
    }

    @Test
    void fetchesAgainWhatTheDiskHasSpoilt() throws IOException {
        serve("/a.o", e -> answer(e, 200, "hello"));
        Path kept = ((Fetched.Bytes) fetch("/a.o")).file();
        Files.writeString(kept, "hellO");
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(kept).hasContent("hello");
        assertThat(requests).hasValue(2);
    }

    @Test
    void followsRedirectsToHttpsOnly() {
        serve("/a.o", e -> answer(e, 200, "hello"));
        serve("/moved.o", e -> redirect(e, "/a.o"));
        serve("/insecure.o", e -> redirect(e, "http://localhost:1/a.o"));
        assertThat(fetch("/moved.o")).isInstanceOf(Fetched.Bytes.class);
        forgetDownloads();
        refuses(
                "/insecure.o",
                "InsecureRedirect",
                "answered 302 and points to http://localhost:1/a.o",
                "Only redirects to https are followed, and at most five.");
    }

    @Test
    void refusesOtherBytes() {
        serve("/a.o", e -> answer(e, 200, "other"));
        assertThat(refused(url("/a.o")))
                .extracting(Problem::reason, Problem::message)
                .containsExactly(
                        "DigestMismatch",
                        "check " + url("/a.o")
                                + ": its digest is sha256:d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa,"
                                + " the chain asks for " + HELLO);
        assertThat(downloads()).doesNotExist();
    }

    @Test
    void refusesWhatIsNotThere() {
        refuses(
                "/missing.o",
                "HttpStatus",
                "the server answered 404 Not Found",
                "Correct the URL, or publish the object there.");
        serve("/broken.o", e -> answer(e, 503, "later"));
        refuses("/broken.o", "HttpStatus", "the server answered 503", "Look at the server.");
    }

    @Test
    void refusesTooMuchWhetherAnnouncedOrNot() {
        String remedy = "Name a BPF object; they have a few kilobytes.";
        serve("/announced.o", e -> answer(e, 200, "x".repeat(1001)));
        refuses("/announced.o", "SourceTooLarge", "more than the limit of 1000 bytes", remedy);
        serve("/endless.o", e -> {
            e.sendResponseHeaders(200, 0);
            while (true) {
                e.getResponseBody().write(new byte[100]);
            }
        });
        refuses("/endless.o", "SourceTooLarge", "more than the limit of 1000 bytes", remedy);
    }

    @Test
    void givesUpOnASlowServer() {
        serve("/silent.o", e -> awaitTheEnd());
        serve("/stalled.o", e -> {
            e.sendResponseHeaders(200, 0);
            e.getResponseBody().write('h');
            e.getResponseBody().flush();
            awaitTheEnd();
        });
        String remedy = "See that the server runs and is reachable from here, then apply again.";
        limits = IMPATIENT;
        refuses("/silent.o", "Timeout", "not done after 1500 ms", remedy);
        refuses("/stalled.o", "Timeout", "not done after 1500 ms", remedy);
    }

    @Test
    void refusesAnAuthorityThatTheMachineDoesNotTrust() {
        serve("/a.o", e -> answer(e, 200, "hello"));
        Fetched fetched = fetch(sources(Optional.empty()), url("/a.o"));
        assertThat(((Fetched.Refused) fetched).problem())
                .satisfies(p -> assertThat(p.reason()).isEqualTo("TlsFailure"))
                .satisfies(p -> assertThat(p.message())
                        .isEqualTo("fetch " + url("/a.o")
                                + ": TLS failed: (certificate_unknown) PKIX path building failed:"
                                + " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
                                + " certification path to requested target"));
        assertThat(downloads()).doesNotExist();
    }

    @Test
    void refusesACertificateForAnotherHost() {
        serve("/a.o", e -> answer(e, 200, "hello"));
        String url = url("/a.o").replace("localhost", "127.0.0.1");
        assertThat(refused(url).message()).startsWith("fetch " + url + ": TLS failed: ");
    }

    @Test
    void refusesUrlsThatAreNotHttps() {
        assertThat(refused("http://localhost/a.o"))
                .extracting(Problem::kind, Problem::message)
                .containsExactly(Problem.Kind.INVALID, "fetch http://localhost/a.o: not an https URL with a host");
        assertThat(refused("https:///a.o").reason()).isEqualTo("InvalidUrl");
        assertThat(refused("no url").reason()).isEqualTo("InvalidUrl");
    }

    @Test
    void saysWhenNobodyListens() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        String url = "https://localhost:" + port + "/a.o";
        assertThat(refused(url).message()).isEqualTo("fetch " + url + ": connection refused");
        String nowhere = "https://no-such-host.invalid/a.o";
        assertThat(refused(nowhere).message()).isEqualTo("fetch " + nowhere + ": no address for no-such-host.invalid");
    }

    private void refuses(String path, String reason, String what, String remedy) {
        String url = url(path);
        assertThat(refused(url))
                .isEqualTo(new Problem(Problem.Kind.REFUSED, reason, url, "fetch " + url + ": " + what, remedy));
        assertThat(downloads()).doesNotExist();
    }

    private Problem refused(String url) {
        return ((Fetched.Refused) fetch(sources(Optional.of(TLS)), url)).problem();
    }

    private Fetched fetch(String path) {
        return fetch(sources(Optional.of(TLS)), url(path));
    }

    private Fetched fetch(Sources sources, String url) {
        return sources.fetch(SourceSpec.url(new UrlSource(url, HELLO)), state);
    }

    private Sources sources(Optional<SSLContext> trust) {
        return new FileAndUrlSources(downloads(), limits, () -> new HttpsDownload(limits, trust));
    }

    private Path downloads() {
        return state.resolve("downloads");
    }

    private void forgetDownloads() {
        try (Stream<Path> files = Files.list(downloads())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(downloads());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String url(String path) {
        return "https://localhost:" + server.getAddress().getPort() + path;
    }

    private void serve(String path, HttpHandler handler) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    private void awaitTheEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = exchange.getRequestBody()) {
            in.readAllBytes();
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }

    private static HttpsServer server() {
        try {
            return HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SSLContext context() {
        try {
            return SSLContext.getInstance("TLS");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
