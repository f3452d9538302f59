package io.bpfchain.cluster;

import io.bpfchain.agent.cli.Main;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The machine of a node, with its agent as a process: a subtree of the cgroups, a bpffs, a small disk and a machine-id of its own. Several
 * of them share this kernel, as the nodes of kind do.
 */
final class AgentMachine {
    private static final int DISK_MEBIBYTES = 16;

    private final String node;
    private final Path directory;
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final TestCgroup cgroup;
    private final TestCgroup service;
    private final TestBpffs bpffs;
    private final SmallDisk disk;
    private final Path machineId;
    private final ListSampler sampler;
    private final Supervised agent;

    /**
     * Prepares one; the agent is started by whoever has given it a token.
     *
     * @param directory empty; gets the agent's log, kubeconfig and small disk
     */
    AgentMachine(String node, Path directory) throws IOException {
        this.node = node;
        this.directory = directory;
        cgroup = closed(TestCgroup.create());
        service = cgroup.child("svc");
        bpffs = closed(TestBpffs.mount());
        disk = closed(new SmallDisk(directory.resolve("state"), DISK_MEBIBYTES));
        machineId = Files.writeString(
                directory.resolve("machine-id"), UUID.randomUUID().toString().replace("-", "") + "\n");
        sampler = closed(new ListSampler(service, bpffs.directory()));
        agent = closed(new Supervised("agent of " + node, this::command));
    }

    private <T extends AutoCloseable> T closed(T resource) {
        closing.add(resource);
        return resource;
    }

    private ProcessBuilder command() {
        ProcessBuilder builder = LoggedProcess.agent(
                directory.resolve("agent.log"),
                TestJvm.command(
                        List.of(),
                        Main.class,
                        "agent",
                        "--state-dir=" + disk.directory(),
                        "--bpffs=" + bpffs.directory(),
                        "--cgroup-root=" + cgroup.directory(),
                        "--machine-id=" + machineId,
                        "--port=0"));
        builder.environment().put("NODE_NAME", node);
        builder.environment().put("POD_NAMESPACE", Installation.NAMESPACE);
        builder.environment().put("KUBECONFIG", kubeconfig().toString());
        return builder;
    }

    /** The name of the Node that this is. */
    String node() {
        return node;
    }

    /** The agent's; written by whoever gives it a token. */
    Path kubeconfig() {
        return directory.resolve("agent.kubeconfig");
    }

    Supervised agent() {
        return agent;
    }

    /** Of the list of {@link #service}. */
    ListSampler sampler() {
        return sampler;
    }

    SmallDisk disk() {
        return disk;
    }

    /** The cgroup {@code /svc}. */
    TestCgroup service() {
        return service;
    }

    /** Packets from now on; the chain runs. */
    PacketWatch packets() {
        return new PacketWatch(service, tracePin());
    }

    private Path tracePin() {
        try (Stream<Path> files = Files.walk(bpffs.directory().resolve("bpfchain/by-chain"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the agent, and removes everything. */
    void close() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
    }
}
