package io.bpfchain.cluster;

import static org.awaitility.Awaitility.await;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * How many nodes are in change at once while one chain is rolled out: told another content than all ran before, and not there yet. By the
 * nodes' objects no state is overlooked, because each one is an event; the kernels' lists are read as often as they can be.
 */
final class RolloutWatch implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = 200_000;

    private final String chain;
    private final String digestBefore;
    private final List<AgentMachine> machines;
    private final Map<String, Set<String>> versionsBefore;
    private final AtomicBoolean end = new AtomicBoolean();
    private final Set<String> inChange = new HashSet<>();
    private final Watch watch;
    private final Thread sampler;
    private volatile Set<String> told = Set.of();
    private int mostByObjects;
    private int mostByKernels;
    private long samples;

    /**
     * The most nodes in change at once.
     *
     * @param samples how often the kernels were asked
     */
    record Most(int byObjects, int byKernels, long samples) {}

    /**
     * Begins; every machine runs the chain.
     *
     * @param digestBefore of the content that they run
     */
    RolloutWatch(KubernetesClient admin, String chain, String digestBefore, List<AgentMachine> machines) {
        this.chain = chain;
        this.digestBefore = digestBefore;
        this.machines = List.copyOf(machines);
        versionsBefore = machines.stream().collect(Collectors.toMap(AgentMachine::node, RolloutWatch::versions));
        watch = admin.resources(CgroupProgramNode.class).watch(new Events());
        sampler = Thread.ofPlatform().name("samples kernels").start(this::sample);
    }

    private static Set<String> versions(AgentMachine machine) {
        return machine.sampler().now().stream()
                .map(ListSampler.Program::version)
                .collect(Collectors.toSet());
    }

    private final class Events implements Watcher<CgroupProgramNode> {
        @Override
        public void eventReceived(Action action, CgroupProgramNode object) {
            seen(object);
        }

        @Override
        public void onClose(WatcherException cause) {
            // Then too little was counted, and the test fails.
        }
    }

    private synchronized void seen(CgroupProgramNode object) {
        String node = object.getMetadata().getName();
        Optional<Assignment> assignment = object.getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain))
                .filter(a -> !a.digest().equals(digestBefore))
                .findFirst();
        if (assignment.isEmpty()) {
            return;
        }
        Set<String> more = new HashSet<>(told);
        more.add(node);
        told = Set.copyOf(more);
        if (isThere(object, assignment.get())) {
            inChange.remove(node);
        } else {
            inChange.add(node);
        }
        mostByObjects = Math.max(mostByObjects, inChange.size());
    }

    private static boolean isThere(CgroupProgramNode object, Assignment assignment) {
        CgroupProgramNodeStatus status = object.getStatus();
        return status != null
                && status.assignmentsDigest().equals(object.getSpec().digest())
                && status.chains().stream()
                        .filter(c -> c.chain().equals(assignment.chain()))
                        .anyMatch(c -> c.state() == State.Running
                                && assignment.digest().equals(c.runs()));
    }

    private void sample() {
        while (!end.get()) {
            Set<String> these =
                    told; // read before the lists: who is told later may be told because one of these is there
            int changing = (int) machines.stream()
                    .filter(m -> these.contains(m.node()))
                    .filter(this::runsOld)
                    .count();
            count(changing);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean runsOld(AgentMachine machine) {
        Set<String> before = versionsBefore.getOrDefault(machine.node(), Set.of());
        return machine.sampler().now().stream().anyMatch(p -> before.contains(p.version()));
    }

    private synchronized void count(int changing) {
        mostByKernels = Math.max(mostByKernels, changing);
        samples++;
    }

    /** What was seen, once every node was told and is there. */
    Most finish() {
        await().atMost(LONG).until(this::isOver);
        synchronized (this) {
            return new Most(mostByObjects, mostByKernels, samples);
        }
    }

    private synchronized boolean isOver() {
        return told.size() == machines.size() && inChange.isEmpty();
    }

    @Override
    public void close() {
        watch.close();
        end.set(true);
        try {
            sampler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
