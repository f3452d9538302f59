package io.bpfchain.agent.source;

import io.bpfchain.agent.ApplyOutcome.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Downloads over https. Redirects are followed to https only; nothing looks into the bytes. */
public final class HttpsDownload implements Download {
    private final HttpClient client;
    private final Limits limits;

    /**
     * Makes the client.
     *
     * @param trust whom to trust; empty: the Java runtime's authorities
     */
    public HttpsDownload(Limits limits, Optional<SSLContext> trust) {
        this.limits = limits;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(limits.connect())
                .followRedirects(HttpClient.Redirect.NORMAL); // never from https to http
        trust.ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    @Override
    public Result fetch(URI uri, Path to) throws IOException {
        FutureTask<Result> work = new FutureTask<>(() -> exchange(uri, to));
        Thread.ofVirtual().name("download").start(work);
        try {
            return work.get(limits.total().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            work.cancel(true);
            return notDone(uri);
        } catch (InterruptedException e) {
            work.cancel(true);
            Thread.currentThread().interrupt();
            return timedOut(uri, "interrupted");
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case NetworkException network -> failed(uri, network.trouble);
                case IOException local -> throw local;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            };
        }
    }

    private Result exchange(URI uri, Path to) throws IOException, InterruptedException, NetworkException {
        HttpResponse<InputStream> response;
        try {
            response = client.send(
                    HttpRequest.newBuilder(uri).timeout(limits.total()).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new NetworkException(e);
        }
        try (InputStream body = response.body()) {
            if (response.statusCode() / 100 == 3) {
                return redirected(uri, response);
            }
            if (response.statusCode() != 200) {
                return answered(uri, response.statusCode());
            }
            long announced =
                    response.headers().firstValueAsLong("content-length").orElse(0);
            return announced > limits.bytes() ? tooLarge(uri) : copy(uri, body, to);
        }
    }

    private Result copy(URI uri, InputStream body, Path to) throws IOException, NetworkException {
        MessageDigest digest = Digest.sha256();
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        try (OutputStream out = Files.newOutputStream(to)) {
            while (true) {
                int n = read(body, buffer);
                if (n < 0) {
                    return new Result.Downloaded(Digest.text(digest));
                }
                total += n;
                if (total > limits.bytes()) {
                    return tooLarge(uri);
                }
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
    }

    private static int read(InputStream body, byte[] buffer) throws NetworkException {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new NetworkException(e);
        }
    }

    /** The client wraps: the cause that says most may be anywhere below, and an unknown host hides in a ConnectException. */
    private Result failed(URI uri, IOException trouble) {
        List<Throwable> causes = Stream.<Throwable>iterate(trouble, Objects::nonNull, Throwable::getCause)
                .toList();
        Optional<Throwable> tls =
                causes.stream().filter(SSLException.class::isInstance).findFirst();
        if (tls.isPresent()) {
            return refused(
                    "TlsFailure",
                    uri,
                    "TLS failed: " + tls.get().getMessage(),
                    "Serve a certificate for this host that an authority of the machine has signed, or name the file of its"
                            + " authority in " + Authorities.VARIABLE + ".");
        }
        if (causes.stream()
                .anyMatch(c -> c instanceof UnknownHostException || c instanceof UnresolvedAddressException)) {
            return refused(
                    "UnknownHost",
                    uri,
                    "no address for " + uri.getHost(),
                    "Correct the host name, or the machine's DNS.");
        }
        if (causes.stream().anyMatch(HttpConnectTimeoutException.class::isInstance)) {
            return timedOut(
                    uri, "no connection after " + seconds(limits.connect().toMillis()));
        }
        if (causes.stream()
                .anyMatch(HttpTimeoutException.class::isInstance)) { // the client's own clock, at the same limit
            return notDone(uri);
        }
        if (causes.stream().anyMatch(ConnectException.class::isInstance)) {
            return refused(
                    "ConnectionRefused",
                    uri,
                    "connection refused",
                    "See that the server runs and is reachable from here.");
        }
        return refused(
                "DownloadFailed",
                uri,
                "the connection broke: " + trouble.getMessage(),
                "Apply again; if it goes on, look at the server.");
    }

    private Result notDone(URI uri) {
        return timedOut(uri, "not done after " + seconds(limits.total().toMillis()));
    }

    private static Result timedOut(URI uri, String what) {
        return refused("Timeout", uri, what, "See that the server runs and is reachable from here, then apply again.");
    }

    private Result tooLarge(URI uri) {
        return refused(
                "SourceTooLarge",
                uri,
                "more than the limit of " + limits.bytes() + " bytes",
                "Name a BPF object; they have a few kilobytes.");
    }

    private static Result redirected(URI uri, HttpResponse<?> response) {
        return refused(
                "InsecureRedirect",
                uri,
                "answered " + response.statusCode() + " and points to "
                        + response.headers().firstValue("location").orElse("nowhere"),
                "Only redirects to https are followed, and at most five.");
    }

    private static Result answered(URI uri, int status) {
        return refused(
                "HttpStatus",
                uri,
                "the server answered " + status + (status == 404 ? " Not Found" : ""),
                status == 404 ? "Correct the URL, or publish the object there." : "Look at the server.");
    }

    private static Result refused(String reason, URI uri, String what, String remedy) {
        return new Result.Refused(
                new Problem(Problem.Kind.REFUSED, reason, uri.toString(), "fetch " + uri + ": " + what, remedy));
    }

    private static String seconds(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** What came of a download. */
    public sealed interface Result {
        record Downloaded(String digest) implements Result {}

        record Refused(Problem problem) implements Result {}
    }

    /** Tells trouble on the network from trouble with the local file. */
    private static final class NetworkException extends Exception {
        private static final long serialVersionUID = 1L;
        private final IOException trouble;

        NetworkException(IOException trouble) {
            super(trouble);
            this.trouble = trouble;
        }
    }
}
