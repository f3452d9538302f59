package io.bpfchain.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.testing.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl, with a cluster's kubeconfig. */
final class Kubectl {
    private static final Path ROOT = Path.of("..");

    private final Path kubeconfig;
    private final String program;

    /**
     * What a command came to.
     *
     * @param output its standard output and error, as they came
     */
    record Result(int status, String output) {}

    Kubectl(TestCluster cluster) {
        kubeconfig = cluster.kubeconfig();
        program = Path.of(require(run(List.of("scripts/cluster-tools", "--where"), ""), "cluster-tools")
                        .strip())
                .resolve("kubectl")
                .toString();
    }

    /** Runs it in the project's folder, with this text on its standard input. */
    Result run(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return run(command, input);
    }

    /** Runs it, and fails where it does. */
    String ok(String... arguments) {
        return require(run("", arguments), String.join(" ", arguments));
    }

    private static String require(Result result, String what) {
        assertThat(result.status()).as(what + ": " + result.output()).isZero();
        return result.output();
    }

    private Result run(List<String> command, String input) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
        try {
            Process process = builder.start();
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
