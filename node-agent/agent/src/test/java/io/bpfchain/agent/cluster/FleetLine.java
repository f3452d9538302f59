package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cli.CommandResult;
import io.bpfchain.crds.testing.TestCluster;
import java.util.ArrayList;
import java.util.List;

/** {@code kubectl bpfchain} in this process. */
record FleetLine(TestCluster cluster, String namespace) {
    /** One command line, split at blanks. */
    CommandResult run(String line) {
        List<String> args = new ArrayList<>(List.of("kubectl"));
        args.addAll(List.of(line.split(" ", -1)));
        args.addAll(List.of("-n", namespace));
        if (!args.contains("--kubeconfig")) {
            args.addAll(List.of("--kubeconfig", cluster.kubeconfig().toString()));
        }
        return CommandResult.of(args);
    }
}
