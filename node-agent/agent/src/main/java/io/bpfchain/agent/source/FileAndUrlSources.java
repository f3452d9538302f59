package io.bpfchain.agent.source;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.SourceSpec;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/** The sources of one machine: files, and https URLs, which are kept by digest in a directory. */
public final class FileAndUrlSources implements Sources {
    private final UrlCache cache;
    private final Limits limits;

    /**
     * @param directory where downloads are kept; made when the first one is
     * @param client makes the HTTP client when the first URL is fetched, so that files never pay for it
     */
    public FileAndUrlSources(Path directory, Limits limits, Supplier<? extends Download> client) {
        this.cache = new UrlCache(directory, client);
        this.limits = limits;
    }

    @Override
    public Fetched fetch(SourceSpec source, Path directory) {
        if (source.file() != null) {
            return file(source.file(), directory);
        }
        if (source.url() != null) {
            return cache.fetch(source.url());
        }
        String what = source.configMap() != null ? "configMap" : "oci";
        return invalid(
                "NeedsCluster",
                "source." + what,
                "fetch " + Objects.requireNonNullElse(source.configMap(), source.oci()) + ": a source of kind " + what
                        + " is fetched for the agents of a cluster, not for one host",
                "Use file or url.");
    }

    private Fetched file(SourceSpec.FileSource source, Path directory) {
        Path file = directory.resolve(source.path());
        String what = "read " + file;
        try {
            if (!Files.exists(file)) {
                Files.readAttributes(file, "size"); // says why: missing, or a directory above may not be searched
            }
            if (!Files.isRegularFile(file)) {
                return invalid(
                        "NotAFile", file.toString(), what + ": not a regular file", "Name a compiled BPF object (.o).");
            }
            if (Files.size(file) > limits.bytes()) {
                return invalid(
                        "SourceTooLarge",
                        file.toString(),
                        what + ": " + Files.size(file) + " bytes, more than the limit of " + limits.bytes(),
                        "Name a BPF object; they have a few kilobytes.");
            }
            return checked(file, Digest.of(file), source);
        } catch (NoSuchFileException e) {
            return invalid(
                    "NoSuchFile",
                    file.toString(),
                    what + ": no such file",
                    "Compile it, or correct the path; it is relative to the directory of the chain file, " + directory
                            + ".");
        } catch (AccessDeniedException e) {
            return new Fetched.Refused(new Problem(
                    Problem.Kind.NOT_PERMITTED,
                    "FileNotReadable",
                    file.toString(),
                    what + ": EACCES",
                    "Make the file readable, or run as root or with CAP_DAC_READ_SEARCH."));
        } catch (IOException e) {
            return new Fetched.Refused(new Problem(
                    Problem.Kind.FAILED,
                    "FileUnreadable",
                    file.toString(),
                    what + ": " + e.getMessage(),
                    "Look at the file system that it is on."));
        }
    }

    private static Fetched checked(Path file, String digest, SourceSpec.FileSource source) {
        String wanted = source.sha256();
        if (wanted != null && !Digest.normalised(wanted).equals(digest)) {
            return invalid(
                    "DigestMismatch",
                    file.toString(),
                    "check " + file + ": its digest is " + digest + ", the chain asks for " + Digest.normalised(wanted),
                    "Write the new digest into the chain if the file was changed on purpose.");
        }
        return new Fetched.Bytes(file, digest);
    }

    /** The file is not what the chain needs. */
    static Fetched invalid(String reason, String subject, String message, String remedy) {
        return new Fetched.Refused(new Problem(Problem.Kind.INVALID, reason, subject, message, remedy));
    }

    /** It cannot be had now. */
    static Fetched refused(String reason, String subject, String message, String remedy) {
        return new Fetched.Refused(new Problem(Problem.Kind.REFUSED, reason, subject, message, remedy));
    }
}
