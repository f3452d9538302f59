package io.bpfchain.agent.hitless;

import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.DesiredEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Another process with a chain of its own at the same hook: it replaces its three programs until it is told to stop. */
final class NeighbourProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private NeighbourProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it; it goes on with the maps of an instance, and its programs are attached when this returns. */
    static NeighbourProcess start(TestCgroup cgroup, Path bpffs, String instance) throws IOException {
        Cgroup at = cgroup.cgroup();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dbpfchain.native.dir=" + System.getProperty("bpfchain.native.dir"),
                        "-Dbpfchain.bpf.dir=" + System.getProperty("bpfchain.bpf.dir", "target/bpf"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NeighbourProcess.class.getName(),
                        Long.toString(at.id()),
                        at.path(),
                        bpffs.toString(),
                        instance)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        NeighbourProcess neighbour = new NeighbourProcess(process);
        String first = neighbour.output.readLine();
        if (!"ready".equals(first)) {
            throw new IllegalStateException("the neighbour did not begin: " + first);
        }
        return neighbour;
    }

    /** Ends it; how many updates it made. */
    long stop() throws IOException {
        process.getOutputStream().close();
        return Long.parseLong(String.valueOf(output.readLine()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The other process: cgroup id, cgroup path, bpffs, the instance whose maps are shared. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Cgroup cgroup = new Cgroup(Long.parseLong(arguments[0]), arguments[1]);
        try (HitlessRig rig = new HitlessRig("neighbour", 200, cgroup, Path.of(arguments[2]))) {
            Optional<String> maps = Optional.of(arguments[3]);
            List<List<DesiredEntry>> versions =
                    List.of(rig.load("n", 1, maps, 7, 8, 9), rig.load("m", 2, maps, 7, 8, 9));
            rig.update(versions.get(1));
            out.println("ready");
            Thread input = Thread.ofVirtual().start(NeighbourProcess::readToTheEnd);
            long updates = 0;
            while (input.isAlive()) {
                rig.updateAmongOthers(versions.get((int) (updates++ % 2)));
            }
            out.println(updates);
        }
    }

    private static void readToTheEnd() {
        try {
            System.in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
