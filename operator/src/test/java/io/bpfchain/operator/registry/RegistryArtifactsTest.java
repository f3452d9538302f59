package io.bpfchain.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.SourceSpec.OciSource;
import io.bpfchain.operator.revision.Sources.Artifacts.Answer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A registry that takes connections and never answers. */
@Timeout(20)
class RegistryArtifactsTest {
    @Test
    void whoFindsNoPlaceIsToldSoAtOnce() throws Exception {
        ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        String registry = "localhost:" + silent.getLocalPort();
        RegistryArtifacts artifacts =
                new RegistryArtifacts(new RegistryAccess(Optional.empty(), Optional.empty(), Set.of(registry)), 1);
        OciSource source = new OciSource(registry + "/fw:1", null);
        CompletableFuture<Answer> first;
        try (silent) {
            first = CompletableFuture.supplyAsync(() -> artifacts.fetch(source));
            try (Socket _ = silent.accept()) {
                assertThat(artifacts.fetch(source)).isInstanceOf(Answer.Busy.class);
                assertThat(first).isNotDone();
            }
        }
        assertThat(first.get()).isInstanceOf(Answer.Missing.class);
        assertThat(artifacts.fetch(source)).as("the place is free again").isInstanceOf(Answer.Missing.class);
    }
}
