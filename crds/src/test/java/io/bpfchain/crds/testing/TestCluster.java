package io.bpfchain.crds.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A Kubernetes cluster and an administrator's client for it. This package's description says how it is chosen. */
public final class TestCluster implements AutoCloseable {
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final AutoCloseable underneath;

    private TestCluster(Path kubeconfig, AutoCloseable underneath) {
        this.kubeconfig = kubeconfig;
        this.underneath = underneath;
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
    }

    /** Chooses a cluster, says which, and starts it if need be. */
    public static TestCluster open() {
        String given = System.getenv("KUBECONFIG");
        if (given != null && !given.isBlank()) {
            return given(Path.of(given));
        }
        return switch (K3s.look()) {
            case K3s.Found found -> k3s(found);
            case K3s.Missing(String reason) ->
                local("not a given one, because KUBECONFIG is not set; not k3s, because " + reason);
        };
    }

    /** A client with all permissions, for this object's life. */
    public KubernetesClient client() {
        return client;
    }

    /** The file that {@link #client()} was made from, for other programs. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() {
        client.close();
        try {
            underneath.close();
        } catch (Exception e) {
            throw new IllegalStateException("stop the cluster of the tests", e);
        }
    }

    private static TestCluster given(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new IllegalStateException("KUBECONFIG is " + kubeconfig
                    + ", which is not one readable file: correct it, or unset it to use another cluster");
        }
        TestCluster cluster = new TestCluster(kubeconfig, () -> {});
        try {
            cluster.announce("the one that KUBECONFIG names, " + kubeconfig);
        } catch (KubernetesClientException e) {
            cluster.close();
            throw new IllegalStateException(
                    "the API server that KUBECONFIG=%s names does not answer: %s; correct it, or unset it to use another cluster"
                            .formatted(kubeconfig, e.getMessage()),
                    e);
        }
        return cluster;
    }

    private static TestCluster k3s(K3s.Found found) {
        K3s.Running running = found.start();
        try {
            Path kubeconfig = Files.createTempFile(
                    "bpfchain-k3s-",
                    ".kubeconfig",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(kubeconfig, running.kubeconfig());
            TestCluster cluster = new TestCluster(kubeconfig, () -> {
                running.close();
                Files.delete(kubeconfig);
            });
            cluster.announce(
                    "k3s from the image " + found.image() + "; not a given one, because KUBECONFIG is not set");
            return cluster;
        } catch (IOException e) {
            running.close();
            throw new UncheckedIOException("write the kubeconfig of k3s", e);
        }
    }

    private static TestCluster local(String why) {
        LocalCluster local = LocalCluster.start();
        TestCluster cluster = new TestCluster(local.kubeconfig(), local);
        cluster.announce("scripts/cluster, " + (local.startedHere() ? "started for this run" : "which was running")
                + "; " + why);
        return cluster;
    }

    @SuppressWarnings("SystemOut") // the test's report
    private void announce(String which) {
        System.out.println("Kubernetes for the tests: "
                + client.getKubernetesVersion().getGitVersion() + " at " + client.getMasterUrl() + ": " + which);
    }
}
