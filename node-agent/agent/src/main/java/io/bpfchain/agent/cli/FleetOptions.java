package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Access;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that work on a cluster; named as kubectl names them. */
final class FleetOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "The kubeconfig (default: as kubectl finds it; in a pod its ServiceAccount).")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The context of the kubeconfig (default: its current one).")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "${BPFCHAIN_NAMESPACE:-bpfchain-system}",
            description =
                    "Where bpfchain is installed (environment: BPFCHAIN_NAMESPACE; default: bpfchain-system). Chains and nodes have no"
                            + " namespace.")
    private String namespace = "bpfchain-system";

    Access access() {
        return new Access(Optional.ofNullable(kubeconfig), Optional.ofNullable(context), namespace);
    }
}
