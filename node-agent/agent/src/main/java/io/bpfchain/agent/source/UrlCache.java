package io.bpfchain.agent.source;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.source.Sources.Fetched;
import io.bpfchain.crds.SourceSpec.UrlSource;
import io.bpfchain.kernel.FileAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Downloads by digest. A file gets its name, the digest, only after its bytes were checked, so what is there is right unless the
 * disk lies; it is checked again at every use all the same.
 */
final class UrlCache {
    private final Path directory;
    private final Supplier<? extends Download> client;

    UrlCache(Path directory, Supplier<? extends Download> client) {
        this.directory = directory;
        this.client = client;
    }

    Fetched fetch(UrlSource source) {
        Optional<URI> uri = https(source.url());
        if (uri.isEmpty()) {
            return new Fetched.Refused(new Problem(
                    Problem.Kind.INVALID,
                    "InvalidUrl",
                    source.url(),
                    "fetch " + source.url() + ": not an https URL with a host",
                    "Serve the object over https."));
        }
        String wanted = Digest.normalised(source.sha256());
        Path kept = directory.resolve(wanted.replace(':', '-'));
        try {
            if (Files.isRegularFile(kept) && Digest.of(kept).equals(wanted)) {
                return new Fetched.Bytes(kept, wanted);
            }
            return download(uri.get(), wanted, kept);
        } catch (IOException e) {
            return new Fetched.Refused(new Problem(
                    Problem.Kind.FAILED,
                    "CacheUnusable",
                    kept.toString(),
                    "keep " + source.url() + " in " + directory + ": "
                            + FileAnswer.of(e).text(),
                    "Free space there or make it writable, or name another state directory with --state-dir."));
        }
    }

    private Fetched download(URI uri, String wanted, Path kept) throws IOException {
        boolean made = !Files.exists(directory);
        Files.createDirectories(directory);
        Path unfinished = Files.createTempFile(directory, ".download-", "");
        try (Download download = client.get()) {
            return switch (download.fetch(uri, unfinished)) {
                case HttpsDownload.Result.Refused refused -> new Fetched.Refused(refused.problem());
                case HttpsDownload.Result.Downloaded(String digest)
                when !digest.equals(wanted) ->
                    FileAndUrlSources.invalid(
                            "DigestMismatch",
                            uri.toString(),
                            "check " + uri + ": its digest is " + digest + ", the chain asks for " + wanted,
                            "Somebody changed what the URL serves. Trust it only after looking at it, then write the new"
                                    + " digest into the chain.");
                case HttpsDownload.Result.Downloaded(String digest) -> {
                    Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    yield new Fetched.Bytes(kept, digest);
                }
            };
        } finally {
            Files.deleteIfExists(unfinished);
            if (made && !Files.exists(kept)) {
                deleteEmpty();
            }
        }
    }

    /** Another process may have begun a download there meanwhile. */
    private void deleteEmpty() throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // It is used, and stays.
        }
    }

    private static Optional<URI> https(String url) {
        try {
            URI uri = new URI(url);
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
