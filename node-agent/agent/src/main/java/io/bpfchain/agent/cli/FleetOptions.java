package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Access;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of commands that work on a cluster; named as kubectl names them. */
final class FleetOptions {
    private final OptionSpec kubeconfig = Described.option(Path.class, "--kubeconfig")
            .paramLabel("FILE")
            .description("The kubeconfig (default: as kubectl finds it; in a pod its ServiceAccount).")
            .build();

    private final OptionSpec context = Described.option(String.class, "--context")
            .paramLabel("NAME")
            .description("The context of the kubeconfig (default: its current one).")
            .build();

    private final OptionSpec namespace = Described.option(String.class, "-n", "--namespace")
            .paramLabel("NAME")
            .defaultValue("${BPFCHAIN_NAMESPACE:-bpfchain-system}")
            .description(
                    "Where bpfchain is installed (environment: BPFCHAIN_NAMESPACE; default: bpfchain-system). Chains and nodes have no"
                            + " namespace.")
            .build();

    ArgSpec[] options() {
        return new ArgSpec[] {kubeconfig, context, namespace};
    }

    Access access() {
        return new Access(
                Optional.ofNullable(kubeconfig.getValue()),
                Optional.ofNullable(context.getValue()),
                namespace.getValue());
    }
}
