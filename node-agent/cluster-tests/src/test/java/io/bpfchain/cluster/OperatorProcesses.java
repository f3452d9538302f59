package io.bpfchain.cluster;

import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.operator.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Operators of one installation; each process has an identity of its own. */
final class OperatorProcesses {
    private final Installation installation;
    private final Path directory;
    private final AtomicInteger identities = new AtomicInteger();

    /**
     * None yet.
     *
     * @param directory for their logs
     */
    OperatorProcesses(Installation installation, Path directory) {
        this.installation = installation;
        this.directory = directory;
    }

    /** Whether one with this label has ever led. */
    boolean hasLed(String label) {
        try {
            return Files.readString(directory.resolve(label + ".log")).contains("this process leads");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One more, which does not run yet. */
    Supervised operator(String label) {
        return new Supervised(label, () -> {
            ProcessBuilder builder =
                    LoggedProcess.operator(directory.resolve(label + ".log"), TestJvm.command(List.of(), Main.class));
            builder.environment()
                    .put("KUBECONFIG", installation.operatorKubeconfig().toString());
            builder.environment().put("BPFCHAIN_NAMESPACE", Installation.NAMESPACE);
            builder.environment().put("BPFCHAIN_IDENTITY", label + "-" + identities.incrementAndGet());
            builder.environment().put("BPFCHAIN_HTTP_PORT", "0");
            return builder;
        });
    }
}
