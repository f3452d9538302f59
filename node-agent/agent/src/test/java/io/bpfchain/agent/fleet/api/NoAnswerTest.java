package io.bpfchain.agent.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoAnswerTest {
    private static final ApiServer SERVER = new ApiServer("https://api.example:6443/", Optional.of("first"));

    static Object[] exceptionsAsTheClientThrowsThem() {
        return new Object[] {
            Arguments.of(
                    caused(new ConnectException(), caused(new ConnectException(), new UnresolvedAddressException())),
                    "the name api.example is not known here"),
            Arguments.of(new UnknownHostException("api.example"), "the name api.example is not known here"),
            Arguments.of(
                    caused(new ConnectException(), caused(new ConnectException(), new ClosedChannelException())),
                    "the connection was refused, or nothing listens there"),
            Arguments.of(new ConnectException("Connection refused"), "Connection refused"),
            Arguments.of(
                    caused(
                            new HttpConnectTimeoutException("HTTP connect timed out"),
                            new ConnectException("HTTP connect timed out")),
                    "no connection came about within the time"),
            Arguments.of(new HttpTimeoutException("request timed out"), "no answer came within the time"),
            Arguments.of(
                    caused(
                            new SSLHandshakeException("PKIX path building failed"),
                            new CertPathBuilderException("unable to find valid certification path")),
                    "its certificate is not signed by an authority that the kubeconfig trusts"),
            Arguments.of(
                    caused(
                            new SSLHandshakeException("No subject alternative names present"),
                            new CertificateException("No subject alternative names present")),
                    "its certificate is not accepted: No subject alternative names present"),
            Arguments.of(
                    new SSLException("Unsupported or unrecognized SSL message"),
                    "TLS failed: Unsupported or unrecognized SSL message"),
            Arguments.of(
                    caused(new IOException("HTTP/1.1 header parser received no bytes"), new EOFException("EOF")),
                    "the connection was closed without an answer"),
            Arguments.of(new SocketException("Connection reset"), "Connection reset"),
            Arguments.of(new IOException(new ClosedChannelException()), "the connection failed")
        };
    }

    private static <T extends Throwable> T caused(T thrown, Throwable cause) {
        thrown.initCause(cause);
        return thrown;
    }

    @ParameterizedTest
    @MethodSource("exceptionsAsTheClientThrowsThem")
    void saysWhatHappenedAndNoNameOfAClass(Throwable cause, String words) {
        assertThat(NoAnswer.words(cause, SERVER)).isEqualTo(words);
        assertThat(NoAnswer.words(new KubernetesClientException("An error has occurred.", cause), SERVER))
                .isEqualTo(words);
    }
}
