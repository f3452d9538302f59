package io.bpfchain.operator.registry;

import io.bpfchain.crds.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import land.oras.Config;
import land.oras.ContainerRef;
import land.oras.Layer;
import land.oras.Manifest;
import land.oras.Registry;
import org.awaitility.Awaitility;

/** A real registry (Debian's docker-registry) on loopback, with its storage in a directory of the test. */
public final class LocalRegistry implements AutoCloseable {
    private final Path storage;
    private final int port;
    private final Process process;
    private final Registry client = Registry.builder().insecure().build();

    public LocalRegistry(Path directory) throws IOException {
        storage = Files.createDirectories(directory.resolve("storage"));
        port = freePort();
        Path configuration = directory.resolve("registry.yml");
        Files.writeString(configuration, """
                version: 0.1
                log: {level: warn}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(storage.toAbsolutePath(), port));
        process = new ProcessBuilder("docker-registry", "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("registry.log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::answers);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** What a chain would name: this registry, a repository and a tag. */
    public String image(String repositoryAndTag) {
        return "127.0.0.1:" + port + "/" + repositoryAndTag;
    }

    /**
     * Pushes layers under a tag.
     *
     * @param mediaType of all of them
     * @return the digest of the manifest
     */
    public String push(String repositoryAndTag, String mediaType, byte[]... layers) {
        ContainerRef reference = ContainerRef.parse(image(repositoryAndTag));
        Config config = client.pushConfig(reference, Config.empty());
        List<Layer> pushed = Arrays.stream(layers)
                .map(bytes -> client.pushBlob(reference, bytes).withMediaType(mediaType))
                .toList();
        Manifest manifest =
                Manifest.empty().withConfig(config).withLayers(pushed).withAnnotations(Map.of("n", repositoryAndTag));
        return client.pushManifest(reference, manifest).getDescriptor().getDigest();
    }

    /** Writes other bytes where the registry keeps a blob. */
    public void tamper(byte[] blob, String with) {
        String hex = Sha256.hex(Sha256.of(blob));
        Path data = storage.resolve("docker/registry/v2/blobs/sha256")
                .resolve(hex.substring(0, 2))
                .resolve(hex)
                .resolve("data");
        try {
            Files.writeString(data, with, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
