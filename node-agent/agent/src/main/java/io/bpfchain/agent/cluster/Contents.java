package io.bpfchain.agent.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.cluster.ClusterApi.Fetched;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The content of revisions and the bytes that they name, by digest: fetched once, checked before anything looks at them, and kept on this
 * machine so that it can be made to run them again without an API server.
 */
final class Contents {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ASKED = 8;
    private static final long IDLE_SECONDS = 5;

    private final ClusterApi api;
    private final String namespace;
    private final BlobStore revisions;
    private final BlobStore blobs;

    /** Contents that were asked for and not waited for yet, by digest. */
    private final Map<String, Future<Answer>> asked = new HashMap<>();

    /** Digests of the bytes that contents on this machine name, by the content's. */
    private final Map<String, Set<String>> needed = new HashMap<>();

    private final ExecutorService threads;

    /**
     * Kept below a directory.
     *
     * @param namespace the operator's, for messages
     */
    Contents(ClusterApi api, String namespace, Path directory) {
        this.api = api;
        this.namespace = namespace;
        this.revisions = new BlobStore(directory.resolve("revisions"));
        this.blobs = new BlobStore(directory.resolve("blobs"));
        this.threads = threads();
    }

    private static ExecutorService threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST_ASKED,
                MOST_ASKED,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("contents-", 1).factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** What the API server answered. */
    private sealed interface Answer {
        /** It is on the disk. */
        record Kept(RevisionContent content) implements Answer {}

        record Unusable(Content.Unusable why) implements Answer {}
    }

    /** A chain as a file could say it, or why there is none. */
    sealed interface Content {
        record Ready(ChainDocument document) implements Content {}

        record Unusable(Verdict.Unwell verdict) implements Content {}
    }

    /** Asks for what of this is not here, several at a time, and does not wait for it: {@link #of} does. */
    void expect(Collection<Assignment> assignments) {
        Map<String, Assignment> wanted = new HashMap<>();
        assignments.stream().filter(a -> !revisions.contains(a.digest())).forEach(a -> wanted.put(a.digest(), a));
        asked.keySet().retainAll(wanted.keySet());
        wanted.forEach((digest, a) -> asked.computeIfAbsent(digest, d -> threads.submit(() -> ask(a))));
    }

    /** What is assigned, fetched where it is not here yet. */
    Content of(Assignment assignment) {
        Future<Answer> expected = asked.remove(assignment.digest());
        if (expected == null) {
            Optional<RevisionContent> kept = kept(assignment.digest());
            if (kept.isPresent()) {
                return withBytes(kept.get(), assignment.revision());
            }
        }
        return switch (expected == null ? ask(assignment) : await(expected)) {
            case Answer.Kept(RevisionContent content) -> withBytes(content, assignment.revision());
            case Answer.Unusable(Content.Unusable why) -> why;
        };
    }

    private static Answer await(Future<Answer> expected) {
        try {
            return expected.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the wait for the API server was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StateException failed) {
                throw failed;
            }
            throw new IllegalStateException("asking the API server", e.getCause());
        }
    }

    private Answer ask(Assignment assignment) {
        String name = RevisionContent.name(assignment.chain(), assignment.digest());
        String subject = "ControllerRevision " + namespace + "/" + name;
        return switch (api.revision(name)) {
            case Fetched.Missing<JsonNode> _ -> new Answer.Unusable(missing(subject));
            case Fetched.Unavailable<JsonNode>(String why) -> new Answer.Unusable(unavailable(subject, why));
            case Fetched.Found<JsonNode>(JsonNode data) -> checked(data, assignment, subject);
        };
    }

    /** What was fetched before under this digest, without asking anybody; empty where some of it is not here, or cannot be read. */
    Optional<ChainDocument> local(String digest) {
        try {
            return kept(digest)
                    .filter(c -> c.sources().stream().allMatch(s -> isUrl(c, s) || blobs.contains(s.digest())))
                    .flatMap(c -> Documents.of(c, 0, blobs) instanceof Content.Ready(ChainDocument document)
                            ? Optional.of(document)
                            : Optional.empty());
        } catch (StateException e) {
            return Optional.empty(); // who needs it is told why by of()
        }
    }

    /** Removes what none of these revisions needs; not while something is being written that was asked for. */
    boolean retain(Collection<String> digests) {
        if (!asked.values().stream().allMatch(Future::isDone)) {
            return false;
        }
        revisions.retain(Set.copyOf(digests));
        needed.keySet().retainAll(digests);
        List<String> here = digests.stream().filter(revisions::contains).toList();
        here.stream()
                .filter(d -> !needed.containsKey(d))
                .forEach(d -> kept(d).ifPresent(c -> needed.put(d, sources(c))));
        if (needed.keySet().containsAll(here)) { // what cannot be read may need any of the bytes
            blobs.retain(needed.values().stream().flatMap(Set::stream).collect(Collectors.toSet()));
        }
        return true;
    }

    private static Set<String> sources(RevisionContent content) {
        return content.sources().stream().map(ResolvedSource::digest).collect(Collectors.toSet());
    }

    /** Empty also where another version wrote it and this one cannot read it. */
    private Optional<RevisionContent> kept(String digest) {
        if (!revisions.contains(digest)) {
            return Optional.empty();
        }
        try {
            return Optional.of(RevisionContent.read(JSON.readTree(revisions.read(digest))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("content with the right digest is what was written", e);
        }
    }

    private Answer checked(JsonNode data, Assignment assignment, String subject) {
        RevisionContent content;
        try {
            content = RevisionContent.read(data);
        } catch (IllegalArgumentException e) {
            return new Answer.Unusable(
                    isWhole(data, assignment)
                            ? tooOld(subject, String.valueOf(e.getMessage()))
                            : mismatch(
                                    subject,
                                    "is not the content of a revision (" + e.getMessage() + ")",
                                    assignment.digest()));
        }
        if (!content.digest().equals(assignment.digest()) || !content.chain().equals(assignment.chain())) {
            return new Answer.Unusable(mismatch(subject, "has the content " + content.digest(), assignment.digest()));
        }
        revisions.put(content.json().getBytes(StandardCharsets.UTF_8));
        return new Answer.Kept(content);
    }

    /** Whether this is, in every field that it has, what was assigned. */
    private static boolean isWhole(JsonNode data, Assignment assignment) {
        return Sha256.of(CanonicalJson.write(data).getBytes(StandardCharsets.UTF_8))
                .equals(assignment.digest());
    }

    private Content withBytes(RevisionContent content, long number) {
        for (ResolvedSource source : content.sources()) {
            if (isUrl(content, source) || blobs.contains(source.digest())) {
                continue;
            }
            String name = SourceBlob.name(source.digest());
            String subject = "ConfigMap " + namespace + "/" + name;
            switch (api.blob(name)) {
                case Fetched.Missing<byte[]> _ -> {
                    return missing(subject);
                }
                case Fetched.Unavailable<byte[]>(String why) -> {
                    return unavailable(subject, why);
                }
                case Fetched.Found<byte[]>(byte[] bytes) -> {
                    if (!Sha256.of(bytes).equals(source.digest())) {
                        return mismatch(subject, "has bytes with the digest " + Sha256.of(bytes), source.digest());
                    }
                    blobs.put(bytes);
                }
            }
        }
        return Documents.of(content, number, blobs);
    }

    /** What is behind a URL is fetched, checked and kept by the engine. */
    private static boolean isUrl(RevisionContent content, ResolvedSource source) {
        return source.map() == null
                && content.spec().objects().stream()
                        .anyMatch(o ->
                                o.name().equals(source.object()) && o.source().url() != null);
    }

    private static Content.Unusable mismatch(String subject, String what, String wanted) {
        return new Content.Unusable(
                new Verdict.Refused(
                        "DigestMismatch",
                        "read " + subject + ": it " + what + ", and " + wanted
                                + " is assigned. Somebody changed it; it was not used. Delete it, and the operator writes it again."));
    }

    private static Content.Unusable tooOld(String subject, String why) {
        return new Content.Unusable(new Verdict.Refused(
                "AgentTooOld",
                "read " + subject + ": it is what is assigned, and this agent cannot read it (" + why
                        + "). What ran before runs on. Upgrade the agent."));
    }

    private static Content.Unusable missing(String subject) {
        return new Content.Unusable(new Verdict.Failed(
                "ContentMissing",
                "read " + subject
                        + ": there is no such object. The operator writes it again when it sees that it is gone; the agent"
                        + " tries again."));
    }

    private static Content.Unusable unavailable(String subject, String why) {
        return new Content.Unusable(
                new Verdict.Failed("ContentUnavailable", "read " + subject + ": " + why + ". The agent tries again."));
    }
}
