package io.bpfchain.agent.fleet.api;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why there was no answer, in words: what the network's exceptions say is often nothing but the name of their class. */
final class NoAnswer {
    private NoAnswer() {}

    /** Continues a sentence that named the server. */
    static String words(Throwable thrown, ApiServer server) {
        List<Throwable> causes = Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .toList();
        return causes.reversed().stream()
                .flatMap(t -> known(t, server).stream())
                .findFirst()
                .or(() -> causes.reversed().stream()
                        .filter(t -> saysMore(t) && !(t instanceof KubernetesClientException && t.getCause() != null))
                        .map(Throwable::getMessage)
                        .findFirst())
                .orElse("the connection failed");
    }

    private static Optional<String> known(Throwable thrown, ApiServer server) {
        return Optional.ofNullable(
                switch (thrown) {
                    case UnresolvedAddressException _, UnknownHostException _ ->
                        "the name " + server.host() + " is not known here";
                    case NoRouteToHostException _ -> "no route leads there";
                    case ConnectException slow
                    when String.valueOf(slow.getMessage()).contains("timed out") ->
                        "no connection came about within the time";
                    case ConnectException refused ->
                        saysMore(refused)
                                ? refused.getMessage()
                                : "the connection was refused, or nothing listens there";
                    case HttpTimeoutException _, SocketTimeoutException _, TimeoutException _ ->
                        "no answer came within the time";
                    case CertPathBuilderException _ ->
                        "its certificate is not signed by an authority that the kubeconfig trusts";
                    case CertificateException wrong
                    when saysMore(wrong) -> "its certificate is not accepted: " + wrong.getMessage();
                    case SSLException tls when saysMore(tls) -> "TLS failed: " + tls.getMessage();
                    case NoSuchFileException missing -> missing.getFile() + ": no such file";
                    case EOFException _ -> "the connection was closed without an answer";
                    default -> null;
                });
    }

    /** Whether there is a message that is not only the name of a class, or that of the cause again. */
    private static boolean saysMore(Throwable thrown) {
        String message = thrown.getMessage();
        return message != null
                && !message.isBlank()
                && (thrown.getCause() == null
                        || !message.contains(thrown.getCause().toString()))
                && !message.contains("Exception");
    }
}
