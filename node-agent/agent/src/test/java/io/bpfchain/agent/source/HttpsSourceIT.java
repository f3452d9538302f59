package io.bpfchain.agent.source;

import static io.bpfchain.agent.source.TestHttps.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.source.Sources.Fetched;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.SourceSpec.UrlSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real https server with a certificate of its own. */
class HttpsSourceIT {
    private static final String HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final Limits LIMITS = new Limits(1000, Duration.ofSeconds(30), Duration.ofSeconds(30));

    /** For servers that never answer: nothing but time can end these. */
    private static final Limits IMPATIENT = new Limits(1000, Duration.ofSeconds(30), Duration.ofMillis(1500));

    @TempDir
    static Path keys;

    @TempDir
    Path state;

    private static final AtomicReference<TestHttps> SERVER = new AtomicReference<>();

    @BeforeAll
    static void start() {
        SERVER.set(TestHttps.start(keys));
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    private static TestHttps server() {
        return Objects.requireNonNull(SERVER.get());
    }

    @Test
    void keepsADownloadByItsDigest() throws IOException {
        int before = server().requests();
        serve("/a.o", e -> answer(e, 200, "hello"));
        Path kept = downloads().resolve(HELLO.replace(':', '-'));
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(kept).hasContent("hello");
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(server().requests() - before).isEqualTo(1);
    }

    @Test
    void fetchesAgainWhatTheDiskHasSpoilt() throws IOException {
        int before = server().requests();
        serve("/a.o", e -> answer(e, 200, "hello"));
        Path kept = ((Fetched.Bytes) fetch("/a.o")).file();
        Files.writeString(kept, "hellO");
        assertThat(fetch("/a.o")).isEqualTo(new Fetched.Bytes(kept, HELLO));
        assertThat(kept).hasContent("hello");
        assertThat(server().requests() - before).isEqualTo(2);
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
        server().endless("/endless.o");
        refuses("/endless.o", "SourceTooLarge", "more than the limit of 1000 bytes", remedy);
    }

    @Test
    void givesUpOnASlowServer() {
        server().silent("/silent.o");
        server().stalled("/stalled.o");
        for (String path : List.of("/silent.o", "/stalled.o")) {
            String url = url(path);
            Fetched fetched = fetch(sources(IMPATIENT, Optional.of(server().trust())), url);
            assertThat(((Fetched.Refused) fetched).problem())
                    .isEqualTo(new Problem(
                            Problem.Kind.REFUSED,
                            "Timeout",
                            url,
                            "fetch " + url + ": not done after 1500 ms",
                            "See that the server runs and is reachable from here, then apply again."));
            assertThat(downloads()).doesNotExist();
        }
    }

    @Test
    void refusesAnAuthorityThatTheMachineDoesNotTrust() {
        serve("/a.o", e -> answer(e, 200, "hello"));
        Fetched fetched = fetch(sources(Optional.empty()), url("/a.o"));
        assertThat(((Fetched.Refused) fetched).problem())
                .satisfies(p -> assertThat(p.reason()).isEqualTo("TlsFailure"))
                .satisfies(p -> assertThat(p.remedy())
                        .isEqualTo(
                                "Serve a certificate for this host that an authority of the machine has signed, or name"
                                        + " the file of its authority in SSL_CERT_FILE."))
                .satisfies(p -> assertThat(p.message())
                        .isEqualTo("fetch " + url("/a.o")
                                + ": TLS failed: (certificate_unknown) PKIX path building failed:"
                                + " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
                                + " certification path to requested target"));
        assertThat(downloads()).doesNotExist();
    }

    @Test
    void trustsTheAuthoritiesOfAFileAndNoOthers() throws IOException {
        serve("/a.o", e -> answer(e, 200, "hello"));
        assertThat(fetchTrusting(server().authority())).isInstanceOf(Fetched.Bytes.class);
        forgetDownloads();
        Path machine = Path.of("/etc/ssl/certs/ca-certificates.crt");
        if (Files.exists(machine)) {
            assertThat(((Fetched.Refused) fetchTrusting(machine)).problem().reason())
                    .isEqualTo("TlsFailure");
        }
        assertThat(((Fetched.Refused) fetchTrusting(state.resolve("none.pem"))).problem())
                .isEqualTo(new Problem(
                        Problem.Kind.REFUSED,
                        "AuthoritiesUnusable",
                        url("/a.o"),
                        "fetch " + url("/a.o") + ": read the trusted authorities in " + state.resolve("none.pem")
                                + ": no such file",
                        "Name a readable file of PEM certificates in SSL_CERT_FILE, or leave it unset for the machine's"
                                + " own."));
        Path empty = Files.createFile(state.resolve("empty.pem"));
        assertThat(((Fetched.Refused) fetchTrusting(empty)).problem().message())
                .endsWith("empty.pem: it holds no certificate");
        Path garbage = Files.writeString(
                state.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
        assertThat(((Fetched.Refused) fetchTrusting(garbage)).problem().reason())
                .isEqualTo("AuthoritiesUnusable");
        assertThat(downloads()).doesNotExist();
    }

    private Fetched fetchTrusting(Path authorities) {
        return fetch(
                new FileAndUrlSources(
                        downloads(),
                        LIMITS,
                        () -> Download.of(LIMITS, Map.of(Authorities.VARIABLE, authorities.toString()))),
                url("/a.o"));
    }

    /** The daemon fetches for months; an HTTP client has a thread and descriptors until it is closed. */
    @Test
    void leavesNoClientBehind() {
        serve("/a.o", e -> answer(e, 200, "hello"));
        assertThat(fetch("/a.o")).isInstanceOf(Fetched.Bytes.class);
        forgetDownloads();
        server().remove("/a.o");
        assertThat(fetch("/a.o")).isInstanceOf(Fetched.Refused.class);
        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("HttpClient-")));
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
        return ((Fetched.Refused) fetch(sources(Optional.of(server().trust())), url)).problem();
    }

    private Fetched fetch(String path) {
        return fetch(sources(Optional.of(server().trust())), url(path));
    }

    private Fetched fetch(Sources sources, String url) {
        return sources.fetch(new SourceSpec(null, new UrlSource(url, HELLO), null, null), state);
    }

    private Sources sources(Optional<SSLContext> trust) {
        return sources(LIMITS, trust);
    }

    private Sources sources(Limits limits, Optional<SSLContext> trust) {
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
        return server().url(path);
    }

    private static void serve(String path, HttpHandler handler) {
        server().serve(path, handler);
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }
}
