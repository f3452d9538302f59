package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.prepare.ObjectLoader;
import io.bpfchain.kernel.object.ObjectHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Applies a chain file and kills its own process with SIGKILL at the given checkpoint. */
public final class CrashChild {
    private int left;

    private CrashChild(int left) {
        this.left = left;
    }

    /**
     * Arguments: state directory, bpffs, chain file, number of the checkpoint (0: none). Exits with 0 when it was done before that.
     */
    public static void main(String[] args) throws IOException {
        CrashChild child = new CrashChild(Integer.parseInt(args[3]));
        LocalHost host = new LocalHost(TestHost.configuration(
                Path.of(args[0]), Path.of(args[1]), ObjectLoader.of(new ObjectHelper()), point -> child.reached()));
        ApplyOutcome outcome = host.apply(
                TestHost.documents(Files.readString(Path.of(args[2]))),
                new Host.ApplyOptions(false, "apply"),
                TestHost.SILENT);
        if (!(outcome instanceof ApplyOutcome.Done)) {
            System.err.println(outcome);
            System.exit(1);
        }
    }

    private void reached() {
        if (--left == 0) {
            try {
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
