package io.bpfchain.crds.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The project's {@code scripts/cluster}: what it runs already, or a control plane that lives as long as this object. */
final class LocalCluster implements AutoCloseable {
    /** The exit status of {@code scripts/cluster status} where there is none. */
    private static final int NO_CLUSTER = 3;

    private final Path script;
    private final Path kubeconfig;
    private final boolean startedHere;
    private final Thread atExit;

    private record Result(int status, List<String> lines) {}

    private LocalCluster(Path script, Path kubeconfig, boolean startedHere) {
        this.script = script;
        this.kubeconfig = kubeconfig;
        this.startedHere = startedHere;
        this.atExit = new Thread(this::down, "stop the cluster");
        if (startedHere) {
            // A run that is interrupted must not leave it.
            Runtime.getRuntime().addShutdownHook(atExit);
        }
    }

    static LocalCluster start() {
        Path script = script();
        boolean missing = run(false, script, "status").status() == NO_CLUSTER;
        // Where one runs, this says whether all of it does.
        expectSuccess(run(true, script, "up", "--control-plane"), "up --control-plane");
        Result where = run(false, script, "kubeconfig");
        expectSuccess(where, "kubeconfig");
        return new LocalCluster(script, Path.of(where.lines().getLast()), missing);
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    boolean startedHere() {
        return startedHere;
    }

    @Override
    public void close() {
        if (startedHere) {
            Runtime.getRuntime().removeShutdownHook(atExit);
            down();
        }
    }

    private void down() {
        expectSuccess(run(false, script, "down"), "down");
    }

    /** The script of the project that this directory is in. */
    private static Path script() {
        for (Path d = Path.of("").toAbsolutePath(); d != null; d = d.getParent()) {
            Path candidate = d.resolve("scripts/cluster");
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException("no scripts/cluster in " + Path.of("").toAbsolutePath()
                + " or above it: run the tests in the project, or set KUBECONFIG");
    }

    /** Runs the script. The first start may build Kubernetes, which takes minutes: what it says is then shown as it comes. */
    @SuppressWarnings("SystemOut") // the test's report
    private static Result run(boolean shown, Path script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        List<String> lines = new ArrayList<>();
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
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

    private static void expectSuccess(Result result, String what) {
        if (result.status() != 0) {
            throw new IllegalStateException("scripts/cluster %s ended with status %d: %s"
                    .formatted(what, result.status(), String.join("\n", result.lines())));
        }
    }
}
