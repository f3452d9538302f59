package io.bpfchain.operator.registry;

import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.OciSource;
import io.bpfchain.operator.revision.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import land.oras.ContainerRef;
import land.oras.Descriptor;
import land.oras.Layer;
import land.oras.Manifest;
import land.oras.Registry;
import land.oras.exception.OrasException;

/**
 * Fetches from registries. Every byte is checked against the digest that led to it before it is parsed: the manifest against its own, the
 * layer against the manifest's.
 */
public final class RegistryArtifacts implements Sources.Artifacts {
    /** What fits into a ConfigMap, in which the operator hands bytes to nodes. */
    static final int MOST_BYTES = 1_000_000;

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String INDEX = "index";
    private static final String MANIFEST_LIST = "manifest.list";

    private final RegistryAccess access;
    private final Semaphore fetches;

    /**
     * Artifacts of registries.
     *
     * @param most that are fetched at a time: each keeps who asks for it waiting, and a registry that does not answer would keep everybody
     */
    public RegistryArtifacts(RegistryAccess access, int most) {
        this.access = access;
        this.fetches = new Semaphore(most);
    }

    @Override
    public Answer fetch(OciSource source) {
        if (!fetches.tryAcquire()) {
            return new Answer.Busy();
        }
        try {
            return fetchInTime(source);
        } finally {
            fetches.release();
        }
    }

    private Answer fetchInTime(OciSource source) {
        FutureTask<Answer> work = new FutureTask<>(() -> fetchNow(source));
        Thread.ofVirtual().name("registry").start(work);
        try {
            return work.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            work.cancel(true);
            return missing(source, "no answer within " + LONGEST.toSeconds() + " s");
        } catch (InterruptedException e) {
            work.cancel(true);
            Thread.currentThread().interrupt();
            return missing(source, "interrupted");
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case OrasException refused -> missing(source, explain(refused));
                case IOException broken -> missing(source, String.valueOf(broken.getMessage()));
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            };
        }
    }

    private Answer fetchNow(OciSource source) throws IOException {
        ContainerRef tag = ContainerRef.parse(source.image());
        ContainerRef reference = source.digest() == null ? tag : tag.withDigest(source.digest());
        Registry registry = access.to(reference.getRegistry());
        Descriptor descriptor = registry.getDescriptor(reference);
        String json = descriptor.getJson();
        String digest = Sha256.of(json.getBytes(StandardCharsets.UTF_8));
        if (source.digest() != null && !digest.equals(source.digest())) {
            return missing(source, "the manifest that came has the digest " + digest);
        }
        if (descriptor.getMediaType().contains(INDEX)
                || descriptor.getMediaType().contains(MANIFEST_LIST)) {
            return missing(source, "it is an index of images for several platforms; name the digest of one of them");
        }
        Manifest manifest = Manifest.fromJson(json);
        if (manifest.getLayers().size() != 1) {
            return missing(
                    source, "it has " + manifest.getLayers().size() + " layers; an artifact with one file has one");
        }
        Layer layer = manifest.getLayers().getFirst();
        if (layer.getSize() > MOST_BYTES) {
            return missing(source, "its layer has " + layer.getSize() + " bytes, more than the limit of " + MOST_BYTES);
        }
        byte[] bytes = read(registry, reference.withDigest(layer.getDigest()));
        if (!Sha256.of(bytes).equals(layer.getDigest())) {
            return missing(source, "what came for its layer " + layer.getDigest() + " has another digest");
        }
        return switch (LayerFile.of(layer.getMediaType(), bytes, MOST_BYTES)) {
            case LayerFile.Result.File(byte[] file) -> new Answer.Found(digest, file);
            case LayerFile.Result.None(String why) -> missing(source, why);
        };
    }

    private static byte[] read(Registry registry, ContainerRef layer) throws IOException {
        try (InputStream in = registry.fetchBlob(layer)) {
            return in.readNBytes(MOST_BYTES + 1);
        }
    }

    private static Answer missing(OciSource source, String why) {
        return new Answer.Missing("fetch " + source + ": " + why);
    }

    private static String explain(OrasException e) {
        Integer status = e.getStatusCode();
        if (status == null) {
            Throwable cause = e.getCause();
            return cause == null ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + cause.getMessage();
        }
        return switch (status) {
            case HttpURLConnection.HTTP_NOT_FOUND -> "the registry has no such repository, tag or digest (404)";
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                "the registry does not permit it (" + status
                        + "); the operator's registry credentials are in the Secret that the chart value"
                        + " operator.registry.credentialsSecret names";
            default -> "the registry answered " + status + ": " + e.getMessage();
        };
    }
}
