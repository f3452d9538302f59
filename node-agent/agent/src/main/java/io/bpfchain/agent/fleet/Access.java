package io.bpfchain.agent.fleet;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Which cluster, and where in it bpfchain is.
 *
 * @param kubeconfig empty: as kubectl finds it, or the ServiceAccount of the pod
 * @param context of the kubeconfig; empty: its current one
 * @param namespace the operator's
 */
public record Access(Optional<Path> kubeconfig, Optional<String> context, String namespace) {
    public Access {
        Objects.requireNonNull(kubeconfig);
        Objects.requireNonNull(context);
        Objects.requireNonNull(namespace);
    }
}
