package io.bpfchain.agent.source;

import io.bpfchain.agent.ApplyOutcome.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whose signatures on a server's certificate are trusted: the authorities of the PEM file in {@code SSL_CERT_FILE}, as for OpenSSL, curl
 * and Go; otherwise those that the machine's administrator keeps for all programs; and where there is no such file those of the Java
 * runtime.
 */
final class Authorities {
    static final String VARIABLE = "SSL_CERT_FILE";

    /** Where Debian, Fedora, openSUSE and Alpine keep them. */
    private static final List<Path> USUAL = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private Authorities() {}

    /** What was found. */
    sealed interface Found {
        /** The Java runtime's. */
        record Platform() implements Found {}

        /** Those of a file. */
        record Listed(SSLContext context) implements Found {}

        /** The file cannot be used. */
        record Unusable(Path file, String why) implements Found {
            HttpsDownload.Result refusal(URI uri) {
                return new HttpsDownload.Result.Refused(new Problem(
                        Problem.Kind.REFUSED,
                        "AuthoritiesUnusable",
                        uri.toString(),
                        "fetch " + uri + ": read the trusted authorities in " + file + ": " + why,
                        "Name a readable file of PEM certificates in " + VARIABLE
                                + ", or leave it unset for the machine's own."));
            }
        }
    }

    static Found find(Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        Optional<Path> file =
                named.isEmpty() ? USUAL.stream().filter(Files::isReadable).findFirst() : Optional.of(Path.of(named));
        return file.map(Authorities::read).orElseGet(Found.Platform::new);
    }

    private static Found read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            if (store.size() == 0) {
                return new Found.Unusable(file, "it holds no certificate");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new Found.Listed(context);
        } catch (NoSuchFileException e) {
            return new Found.Unusable(file, "no such file");
        } catch (AccessDeniedException e) {
            return new Found.Unusable(file, "EACCES");
        } catch (IOException | GeneralSecurityException e) {
            return new Found.Unusable(file, String.valueOf(e.getMessage()));
        }
    }
}
