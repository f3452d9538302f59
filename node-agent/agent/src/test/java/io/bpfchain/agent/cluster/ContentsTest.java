package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.agent.state.Digests;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentsTest {
    private static final byte[] NEWER = """
            {"chain": "fw", "spec": {"wordOfANewerVersion": 1}, "sources": []}""".getBytes(StandardCharsets.UTF_8);

    private static final byte[] OBJECT = "bytes of an object".getBytes(StandardCharsets.UTF_8);

    /** Nobody is asked. */
    private static ClusterApi noApi() {
        return (ClusterApi) Proxy.newProxyInstance(
                ClusterApi.class.getClassLoader(), new Class<?>[] {ClusterApi.class}, (p, m, a) -> {
                    throw new AssertionError(m.getName());
                });
    }

    @Test
    void keepsWhatANewerVersionWroteAndAllThatItMayNeed(@TempDir Path directory) {
        Contents contents = new Contents(noApi(), "bpfchain-system", directory);
        BlobStore revisions = new BlobStore(directory.resolve("revisions"));
        BlobStore blobs = new BlobStore(directory.resolve("blobs"));
        revisions.put(NEWER);
        blobs.put(OBJECT);

        assertThat(contents.local(Digests.of(NEWER))).isEmpty();
        contents.retain(Set.of(Digests.of(NEWER)));

        assertThat(revisions.contains(Digests.of(NEWER))).isTrue();
        assertThat(blobs.contains(Digests.of(OBJECT))).isTrue();

        contents.retain(Set.of());
        assertThat(blobs.contains(Digests.of(OBJECT))).isFalse();
    }
}
