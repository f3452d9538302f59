package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.cluster.Contents.Content;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.file.CanonicalJson;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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

    private static Verdict.Unwell refused(byte[] content, String digest, Path directory) {
        FakeCluster cluster = new FakeCluster();
        cluster.write("fw", digest, content);
        Contents contents = new Contents(cluster, "bpfchain-system", directory);
        return contents.of(new Assignment("fw", 1, digest, false, List.of())) instanceof Content.Unusable unusable
                ? unusable.verdict()
                : new Verdict.Failed("None", "");
    }

    @Test
    void whatANewerVersionWroteIsNotSaidToHaveBeenChanged(@TempDir Path directory) throws IOException {
        byte[] canonical =
                CanonicalJson.write(new ObjectMapper().readTree(NEWER)).getBytes(StandardCharsets.UTF_8);
        assertThat(refused(NEWER, Digests.of(canonical), directory).reason()).isEqualTo("AgentTooOld");
        assertThat(refused(NEWER, Digests.of(OBJECT), directory).reason()).isEqualTo("DigestMismatch");
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
