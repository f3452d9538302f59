package io.bpfchain.operator.revision;

import io.bpfchain.crds.revision.SourceBlob;
import io.bpfchain.operator.cluster.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Immutable copies of the bytes of sources, as ConfigMaps in the operator's namespace, named after their digests. */
public final class Blobs {
    private final KubernetesClient client;
    private final String namespace;

    /** Digests of bytes that this process wrote or saw. Where somebody deletes them all the same, the nodes that miss them say so. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    public Blobs(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Whether the bytes are there. */
    boolean has(String digest) {
        return client.configMaps()
                        .inNamespace(namespace)
                        .withName(SourceBlob.name(digest))
                        .get()
                != null;
    }

    /** Sees to it that the bytes are there. */
    public void ensure(Map<String, byte[]> byDigest) {
        byDigest.forEach((digest, bytes) -> {
            if (!seen.contains(digest)) {
                ensure(digest, bytes);
                seen.add(digest);
            }
        });
    }

    /** Looks for these the next time, although they were seen. */
    void doubt(Set<String> digests) {
        seen.removeAll(digests);
    }

    private void ensure(String digest, byte[] bytes) {
        if (has(digest)) {
            return;
        }
        ConfigMap blob = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(SourceBlob.name(digest))
                .withNamespace(namespace)
                .addToLabels(Names.BLOB, "true")
                .endMetadata()
                .withImmutable(true)
                .addToBinaryData(SourceBlob.KEY, Base64.getEncoder().encodeToString(bytes))
                .build();
        try {
            client.resource(blob).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /** Removes the copies that only these digests name; the caller knows that no revision needs them. */
    void delete(Set<String> digests) {
        doubt(digests);
        for (String digest : digests) {
            client.configMaps()
                    .inNamespace(namespace)
                    .withName(SourceBlob.name(digest))
                    .delete();
        }
    }
}
