package io.bpfchain.crds.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A control plane of {@code scripts/cluster} that is a test's own, beside any other cluster of the machine: it may be broken. Nodes are
 * only objects there and stay Ready, because the controller that would miss their kubelets is left out.
 */
public final class ControlPlane implements AutoCloseable {
    private static final int FIRST_PORT = 27_000;
    private static final int PORTS = 8;
    private static final int CHOICES = 250;
    private static final int USED = 4;

    private final ClusterScript script;
    private final LocalCluster cluster;
    private final KubernetesClient client;

    private ControlPlane(Path directory, int port) {
        script = new ClusterScript(Map.of(
                "BPFCHAIN_CLUSTER_DIR", directory.toString(),
                "BPFCHAIN_CLUSTER_PORT", Integer.toString(port),
                "BPFCHAIN_CLUSTER_CONTROLLERS", "*,-node-lifecycle-controller"));
        cluster = LocalCluster.start(script);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .build();
    }

    /** One part of it. */
    public enum Part {
        ETCD,
        APISERVER,
        CONTROLLERS;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Starts one at ports that nobody uses. */
    public static ControlPlane start() {
        try {
            Path directory = Files.createTempDirectory("bpfchain-faults-");
            Files.delete(directory); // the script makes it
            return new ControlPlane(directory, freePorts());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePorts() {
        for (int i = 0; i < CHOICES; i++) {
            int first = FIRST_PORT + PORTS * ThreadLocalRandom.current().nextInt(CHOICES);
            if (areFree(first)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + USED + " free ports from " + FIRST_PORT + " on");
    }

    private static boolean areFree(int first) {
        for (int port = first; port < first + USED; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    /** An administrator's, for this object's life. */
    public KubernetesClient client() {
        return client;
    }

    /** The administrator's. */
    public Path kubeconfig() {
        return cluster.kubeconfig();
    }

    /** SIGKILL. */
    public void kill(Part part) {
        script.succeed("kill", part.word());
    }

    /** Starts what was killed, and waits until it answers. */
    public void start(Part part) {
        script.succeed("start", part.word());
    }

    /** Keeps etcd as it is now. */
    public void snapshot(Path file) {
        script.succeed("snapshot", file.toString());
    }

    /** Goes back to a snapshot. */
    public void restore(Path file) {
        script.succeed("restore", file.toString());
    }

    @Override
    public void close() {
        client.close();
        cluster.close();
    }
}
