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
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps revisions as ControllerRevisions in the operator's namespace. They have no owner: what a deleted and re-created chain ran is
 * not to be collected in between.
 */
public final class Revisions {
    private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** After so many all are listed anew. */
    private static final int MOST_FORGOTTEN = 1000;

    private final KubernetesClient client;
    private final String namespace;
    private final Blobs blobs;

    /**
     * Numbers of revisions by name, by chain: of those chains whose revisions were listed by this process, which alone writes them. All
     * are listed once, because new chains often come many at a time; a chain that is not here then has none, unless it was forgotten.
     */
    private final Map<String, Map<String, Long>> numbers = new ConcurrentHashMap<>();

    private final Set<String> forgotten = new HashSet<>();
    private boolean listed;

    /**
     * Shared while bytes and the revision that names them are written, exclusive while what no revision names is removed. One chain is
     * only ever written by one thread.
     */
    private final ReadWriteLock naming = new ReentrantReadWriteLock();

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
        return naming(() -> {
            blobs.ensure(bytes);
            Map<String, Long> known = known(chain.name());
            return known.containsKey(content.name())
                    ? ensureListed(chain, content, greatest)
                    : create(chain, content, newest(known, greatest) + 1)
                            .orElseGet(() -> ensureListed(chain, content, greatest));
        });
    }

    private synchronized Map<String, Long> known(String chain) {
        if (!listed) {
            list().stream()
                    .collect(Collectors.groupingBy(
                            r -> r.getMetadata().getLabels().get(ClusterNames.CHAIN)))
                    .forEach((name, revisions) -> numbers.putIfAbsent(name, numbers(revisions)));
            forgotten.clear();
            listed = true;
        } else if (forgotten.remove(chain)) {
            list(chain);
        }
        return numbers.computeIfAbsent(chain, c -> new ConcurrentHashMap<>());
    }

    private static Map<String, Long> numbers(Collection<ControllerRevision> revisions) {
        Map<String, Long> numbers = new ConcurrentHashMap<>();
        revisions.forEach(r -> numbers.put(r.getMetadata().getName(), r.getRevision()));
        return numbers;
    }

    private long ensureListed(ChainObject chain, RevisionContent content, long greatest) {
        Map<String, ControllerRevision> all = list(chain.name());
        long newest = newest(numbers.get(chain.name()), greatest);
        ControllerRevision same = all.get(content.name());
        if (same == null) {
            return create(chain, content, newest + 1)
                    .orElseThrow(() -> new IllegalStateException(
                            "the ControllerRevision " + content.name() + " is there and was not listed"));
        }
        verify(same, content);
        if (same.getRevision() >= newest) {
            return same.getRevision();
        }
        client.resource(new ControllerRevisionBuilder(same)
                        .withRevision(newest + 1)
                        .build())
                .update();
        remember(chain.name(), content.name(), newest + 1);
        return newest + 1;
    }

    /** Writes a revision; empty where there is one of the name. */
    private Optional<Long> create(ChainObject chain, RevisionContent content, long number) {
        try {
            client.resource(revision(chain, content, number)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            return Optional.empty();
        }
        remember(chain.name(), content.name(), number);
        return Optional.of(number);
    }

    private static long newest(@Nullable Map<String, Long> known, long greatest) {
        return known == null ? greatest : known.values().stream().reduce(greatest, Math::max);
    }

    private void remember(String chain, String name, long number) {
        numbers.computeIfPresent(chain, (c, known) -> {
            known.put(name, number);
            return known;
        });
    }

    /** Writes a revision that is known by number and was lost, and bytes that were; does nothing where they are there. */
    public void restore(ChainObject chain, RevisionContent content, Map<String, byte[]> bytes, long number) {
        naming(() -> {
            blobs.doubt(bytes.keySet());
            blobs.ensure(bytes);
            if (read(content.name()).isEmpty() && create(chain, content, number).isPresent()) {
                LOG.atWarn()
                        .addKeyValue("chain", chain.name())
                        .addKeyValue("revision", number)
                        .log("a lost revision was written again");
            }
            return number;
        });
    }

    private long naming(LongSupplier work) {
        naming.readLock().lock();
        try {
            return work.getAsLong();
        } finally {
            naming.readLock().unlock();
        }
    }

    /** Forgets what it knows of a chain that is gone; its revisions stay. */
    public synchronized void forget(String chain) {
        numbers.remove(chain);
        forgotten.add(chain);
        listed &= forgotten.size() < MOST_FORGOTTEN;
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
        Set<String> names =
                used.stream().map(d -> RevisionContent.name(chain, d)).collect(Collectors.toSet());
        Map<String, Long> known = numbers.get(chain);
        if (known != null && unused(known, limit, names).isEmpty()) {
            return;
        }
        Map<String, ControllerRevision> all = list(chain);
        List<String> unused = unused(Objects.requireNonNull(numbers.get(chain)), limit, names);
        Set<String> digests = new HashSet<>();
        for (String name : unused) {
            ControllerRevision revision = Objects.requireNonNull(all.remove(name));
            client.resource(revision).lockResourceVersion().delete();
            numbers.computeIfPresent(chain, (c, left) -> {
                left.remove(name);
                return left;
            });
            digests.addAll(sources(revision));
            LOG.atInfo()
                    .addKeyValue("chain", chain)
                    .addKeyValue("revision", revision.getRevision())
                    .log("an old revision was removed");
        }
        all.values().forEach(r -> digests.removeAll(sources(r)));
        if (!digests.isEmpty()) {
            collect(digests);
        }
    }

    private static List<String> unused(Map<String, Long> known, int limit, Set<String> used) {
        return known.entrySet().stream()
                .filter(r -> !used.contains(r.getKey()))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .skip(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Removes those of these bytes that no revision of any chain names. */
    private void collect(Set<String> digests) {
        naming.writeLock().lock();
        try {
            list().forEach(r -> digests.removeAll(sources(r)));
            blobs.delete(digests);
        } finally {
            naming.writeLock().unlock();
        }
    }

    private Optional<ControllerRevision> read(String name) {
        return Optional.ofNullable(client.apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /** The revisions of a chain by name; from then on their numbers are known. */
    private Map<String, ControllerRevision> list(String chain) {
        Map<String, ControllerRevision> all = client
                .apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withLabel(ClusterNames.CHAIN, chain)
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(r -> r.getMetadata().getName(), Function.identity()));
        numbers.put(chain, numbers(all.values()));
        return new HashMap<>(all);
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
