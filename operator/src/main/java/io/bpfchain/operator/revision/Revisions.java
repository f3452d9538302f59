package io.bpfchain.operator.revision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.cluster.Names;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps revisions as ControllerRevisions in the operator's namespace. They have no owner: what a deleted and re-created chain ran is
 * not to be collected in between.
 */
public final class Revisions {
    private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final String namespace;
    private final Blobs blobs;

    /** Held while bytes and the revision that names them are written, and while what no revision names is removed. */
    private final Object writing = new Object();

    public Revisions(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        blobs = new Blobs(client, namespace);
    }

    /**
     * Sees to it that a revision with this content is there, and its bytes.
     *
     * @param bytes of its sources, by digest, as far as they were read
     * @param greatest the greatest number that this chain is known to have had, wherever it is known from
     * @return its number: that of the newest revision where this is it, otherwise one more than all others
     */
    public long ensure(ChainObject chain, RevisionContent content, Map<String, byte[]> bytes, long greatest) {
        synchronized (writing) {
            blobs.ensure(bytes);
            List<ControllerRevision> all = list(chain.name());
            long newest = Math.max(
                    greatest,
                    all.stream()
                            .mapToLong(ControllerRevision::getRevision)
                            .max()
                            .orElse(0));
            Optional<ControllerRevision> same = all.stream()
                    .filter(r -> r.getMetadata().getName().equals(content.name()))
                    .findFirst();
            same.ifPresent(r -> verify(r, content));
            if (same.isEmpty()) {
                client.resource(revision(chain, content, newest + 1)).create();
                return newest + 1;
            }
            if (same.get().getRevision() >= newest) {
                return same.get().getRevision();
            }
            client.resource(new ControllerRevisionBuilder(same.get())
                            .withRevision(newest + 1)
                            .build())
                    .update();
            return newest + 1;
        }
    }

    /** Writes a revision that is known by number and was lost; does nothing where it is there. */
    public void restore(ChainObject chain, RevisionContent content, Map<String, byte[]> bytes, long number) {
        synchronized (writing) {
            blobs.ensure(bytes);
            if (read(content.name()).isEmpty()) {
                client.resource(revision(chain, content, number)).create();
                LOG.atWarn()
                        .addKeyValue("chain", chain.name())
                        .addKeyValue("revision", number)
                        .log("a lost revision was written again");
            }
        }
    }

    /** Whether the bytes of a source are kept. */
    public boolean keeps(String digest) {
        return blobs.has(digest);
    }

    /** The content of a revision; empty where it is missing or not what its name and digest say. */
    public Optional<RevisionContent> content(String name, String digest) {
        return read(name).flatMap(Revisions::contentOf).filter(c -> c.digest().equals(digest));
    }

    /**
     * Removes the oldest revisions of a chain beyond its limit, and bytes that no revision names any more.
     *
     * @param used digests of revisions that a node or the chain's status names: they stay whatever their age
     */
    public void prune(String chain, int limit, Set<String> used) {
        synchronized (writing) {
            List<ControllerRevision> unused = list(chain).stream()
                    .filter(r -> used.stream()
                            .noneMatch(d -> RevisionContent.name(chain, d)
                                    .equals(r.getMetadata().getName())))
                    .sorted(Comparator.comparing(ControllerRevision::getRevision)
                            .reversed())
                    .skip(limit)
                    .toList();
            if (unused.isEmpty()) {
                return;
            }
            Set<String> digests =
                    unused.stream().flatMap(r -> sources(r).stream()).collect(Collectors.toCollection(HashSet::new));
            for (ControllerRevision revision : unused) {
                client.resource(revision).lockResourceVersion().delete();
                LOG.atInfo()
                        .addKeyValue("chain", chain)
                        .addKeyValue("revision", revision.getRevision())
                        .log("an old revision was removed");
            }
            list().forEach(r -> digests.removeAll(sources(r)));
            blobs.delete(digests);
        }
    }

    private Optional<ControllerRevision> read(String name) {
        return Optional.ofNullable(client.apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    private List<ControllerRevision> list(String chain) {
        return client.apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withLabel(ClusterNames.CHAIN, chain)
                .list()
                .getItems();
    }

    private List<ControllerRevision> list() {
        return client.apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withLabel(ClusterNames.CHAIN)
                .list()
                .getItems();
    }

    private ControllerRevision revision(ChainObject chain, RevisionContent content, long number) {
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withName(content.name())
                .withNamespace(namespace)
                .addToLabels(ClusterNames.CHAIN, chain.name())
                .addToLabels(Names.CHAIN_UID, chain.uid())
                .addToLabels(Names.HASH, content.name().substring(chain.name().length() + 1))
                .endMetadata()
                .withData(tree(content.json()))
                .withRevision(number)
                .build();
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("canonical JSON is JSON", e);
        }
    }

    private static void verify(ControllerRevision revision, RevisionContent content) {
        if (contentOf(revision).filter(c -> c.digest().equals(content.digest())).isEmpty()) {
            throw new IllegalStateException(
                    "the ControllerRevision " + revision.getMetadata().getName()
                            + " does not have the content that its name says; delete it, and it is written again");
        }
    }

    private static Optional<RevisionContent> contentOf(ControllerRevision revision) {
        try {
            return Optional.of(RevisionContent.read(JSON.valueToTree(revision.getData())));
        } catch (IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("revision", revision.getMetadata().getName())
                    .addKeyValue("why", e.getMessage())
                    .log("a ControllerRevision is no revision of a chain");
            return Optional.empty();
        }
    }

    private static Set<String> sources(ControllerRevision revision) {
        return contentOf(revision).stream()
                .flatMap(c -> c.sources().stream())
                .map(ResolvedSource::digest)
                .collect(Collectors.toSet());
    }
}
