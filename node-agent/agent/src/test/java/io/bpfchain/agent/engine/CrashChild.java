package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.prepare.ObjectLoader;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.kernel.object.ObjectHelper;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Applies a chain file, or reaches new cgroups as the daemon does, and kills its own process with SIGKILL at the given checkpoint. */
public final class CrashChild {
    private int left;

    private CrashChild(int left) {
        this.left = left;
    }

    /**
     * Arguments: state directory, bpffs, number of the checkpoint (0: none), and either a chain file or the name of a chain, its
     * pattern and paths of cgroups. Exits with 0 when it was done before that.
     */
    public static void main(String[] args) throws IOException {
        CrashChild child = new CrashChild(Integer.parseInt(args[2]));
        LocalHost host = new LocalHost(TestHost.configuration(
                Path.of(args[0]), Path.of(args[1]), ObjectLoader.of(new ObjectHelper()), point -> child.reached()));
        ApplyOutcome outcome = args.length == 4
                ? host.apply(
                        TestHost.documents(Files.readString(Path.of(args[3]))),
                        new Host.ApplyOptions(false, "apply"),
                        TestHost.SILENT)
                : host.extend(
                        args[3], CgroupSpec.path(args[4]), cgroups(List.of(args).subList(5, args.length)));
        if (!(outcome instanceof ApplyOutcome.Done)) {
            System.err.println(outcome);
            System.exit(1);
        }
    }

    private static List<Cgroup> cgroups(List<String> paths) {
        Cgroups cgroups = new MountedCgroups(TestCgroup.mount());
        return paths.stream()
                .flatMap(p -> ((Cgroups.Resolution.Found) cgroups.resolve(p)).cgroups().stream())
                .toList();
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
