package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cli.Main;
import io.bpfchain.crds.testing.TestCluster;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code kubectl bpfchain} in this process. */
record FleetLine(TestCluster cluster, String namespace) {
    /** What a command came to. */
    record Result(int code, String out, String err) {}

    /** One command line, split at blanks. */
    Result run(String line) {
        List<String> args = new ArrayList<>(List.of("kubectl"));
        args.addAll(List.of(line.split(" ", -1)));
        args.addAll(List.of("-n", namespace));
        if (!args.contains("--kubeconfig")) {
            args.addAll(List.of("--kubeconfig", cluster.kubeconfig().toString()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                args,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
