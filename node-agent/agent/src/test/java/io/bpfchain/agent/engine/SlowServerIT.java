package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.source.FileAndUrlSources;
import io.bpfchain.agent.source.HttpsDownload;
import io.bpfchain.agent.source.Limits;
import io.bpfchain.agent.source.TestHttps;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.agent.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes beside one whose server takes its time. */
class SlowServerIT extends OneHost {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @TempDir
    Path keys;

    private TestHttps server;
    private String slow;

    @BeforeEach
    void serve() throws IOException {
        server = TestHttps.start(keys);
        server.serve("/slow.o", e -> {
            asked.countDown();
            try {
                if (!answer.await(SOON.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("nobody let the server answer");
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            byte[] object = Files.readAllBytes(Chains.object(1));
            e.sendResponseHeaders(200, object.length);
            e.getResponseBody().write(object);
        });
        String file = "file: {path: " + Chains.object(1) + "}";
        String url = "url: {url: \"" + server.url("/slow.o") + "\", sha256: \""
                + Digests.of(Chains.object(1)).substring("sha256:".length()) + "\"}";
        String yaml = Chains.yaml("slow", host, Chains.object(1), "first");
        assertThat(yaml).contains(file);
        slow = yaml.replace(file, url);
    }

    @AfterEach
    void end() {
        answer.countDown();
        server.close();
    }

    private LocalHost fetching() {
        HostConfiguration c = host.configuration(Checkpoint.NONE);
        return new LocalHost(new HostConfiguration(
                c.state(),
                c.bpffs(),
                c.cgroups(),
                new FileAndUrlSources(
                        StateDirectory.downloads(c.state()),
                        Limits.DEFAULT,
                        () -> new HttpsDownload(Limits.DEFAULT, Optional.of(server.trust()))),
                c.loader(),
                c.capabilities(),
                c.lockTimeout(),
                c.clock(),
                c.checkpoint()));
    }

    private CompletableFuture<ApplyOutcome> applySlowly() {
        return CompletableFuture.supplyAsync(() ->
                fetching().apply(TestHost.documents(slow), new Host.ApplyOptions(false, "apply"), TestHost.SILENT));
    }

    private List<String> downloads() throws IOException {
        try (Stream<Path> files = Files.list(StateDirectory.downloads(host.state()))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void aServerThatTakesItsTimeKeepsNoOtherChangeWaiting() throws Exception {
        CompletableFuture<ApplyOutcome> waiting = applySlowly();
        assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        host.apply(Chains.yaml("other", host, Chains.object(2), "second"));

        assertThat(waiting).as("the server has not answered yet").isNotDone();
        answer.countDown();
        await().atMost(SOON).until(waiting::isDone);
        assertThat(waiting.get()).isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.list(EGRESS)).hasSize(2);
        assertThat(downloads()).as("no copies are left").noneMatch(f -> f.startsWith("."));
    }
}
