package io.bpfchain.crds.testing;

import java.nio.file.Path;
import java.util.Map;

/** The project's {@code scripts/cluster}: what it runs already, or a control plane that lives as long as this object. */
final class LocalCluster implements AutoCloseable {
    /** The exit status of {@code scripts/cluster status} where there is none. */
    private static final int NO_CLUSTER = 3;

    private final ClusterScript script;
    private final Path kubeconfig;
    private final boolean startedHere;
    private final Thread atExit;

    private LocalCluster(ClusterScript script, Path kubeconfig, boolean startedHere) {
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
        return start(new ClusterScript(Map.of()));
    }

    static LocalCluster start(ClusterScript script) {
        boolean missing = script.run("status").status() == NO_CLUSTER;
        // Where one runs, this says whether all of it does.
        script.succeedShown("up", "--control-plane");
        return new LocalCluster(script, Path.of(script.succeed("kubeconfig").answer()), missing);
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
        script.succeed("down");
    }
}
