package io.bpfchain.crds.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The project's {@code scripts/cluster}, for the one cluster that these variables name. */
final class ClusterScript {
    private final Map<String, String> environment;

    ClusterScript(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    record Result(int status, List<String> lines) {
        /** The last line, which is the answer of a command that has one. */
        String answer() {
            return lines.getLast();
        }
    }

    /** The directory of the project that this directory is in. */
    static Path project() {
        for (Path d = Path.of("").toAbsolutePath(); d != null; d = d.getParent()) {
            if (Files.isExecutable(d.resolve("scripts/cluster"))) {
                return d;
            }
        }
        throw new IllegalStateException("no scripts/cluster in " + Path.of("").toAbsolutePath()
                + " or above it: run the tests in the project, or set KUBECONFIG");
    }

    /** Runs a command that must succeed. */
    Result succeed(String... arguments) {
        return expectSuccess(run(false, arguments), arguments);
    }

    /** The same, showing what it says as it comes: the first start may build Kubernetes, which takes minutes. */
    Result succeedShown(String... arguments) {
        return expectSuccess(run(true, arguments), arguments);
    }

    /** Runs a command whose status the caller looks at. */
    Result run(String... arguments) {
        return run(false, arguments);
    }

    @SuppressWarnings("SystemOut") // the test's report
    private Result run(boolean shown, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(project().resolve("scripts/cluster").toString()));
        command.addAll(List.of(arguments));
        List<String> lines = new ArrayList<>();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.add(line);
                    if (shown) {
                        System.out.println(line);
                    }
                }
            }
            return new Result(process.waitFor(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    private static Result expectSuccess(Result result, String... arguments) {
        if (result.status() != 0) {
            throw new IllegalStateException("scripts/cluster %s ended with status %d: %s"
                    .formatted(String.join(" ", arguments), result.status(), String.join("\n", result.lines())));
        }
        return result;
    }
}
