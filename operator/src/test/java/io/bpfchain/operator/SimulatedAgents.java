package io.bpfchain.operator;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Stands for the agents of nodes that are only objects: answers each spec with a status after a moment, and with a refusal where a test
 * says so. It writes what an agent writes, and nothing that the operator writes.
 */
final class SimulatedAgents implements AutoCloseable {
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bpfchain-agent")
            .withForce(true)
            .build();
    private static final int MOMENT_MILLIS = 150;

    private final KubernetesClient client;
    private final ExecutorService later = Executors.newFixedThreadPool(2);
    private final SharedIndexInformer<CgroupProgramNode> watch;
    private final Set<String> refusing = ConcurrentHashMap.newKeySet();
    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Map<String, Map<String, Assignment>> remembered = new ConcurrentHashMap<>();
    private final Set<String> detached = ConcurrentHashMap.newKeySet();

    SimulatedAgents(KubernetesClient client) {
        this.client = client;
        watch = client.resources(CgroupProgramNode.class).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(CgroupProgramNode object) {
                answerSoon(object);
            }

            @Override
            public void onUpdate(CgroupProgramNode before, CgroupProgramNode object) {
                answerSoon(object);
            }

            @Override
            public void onDelete(CgroupProgramNode object, boolean unknown) {}
        });
    }

    /** The node's agent refuses what it is given from now on. */
    void refuse(String node) {
        refusing.add(node);
    }

    /** The node's agent finds no content of what it is given from now on. */
    void miss(String node) {
        missing.add(node);
    }

    /** The node's agent does not answer from now on. */
    void silence(String node) {
        silent.add(node);
    }

    /** The node's agent answers again. */
    void speak(String node) {
        silent.remove(node);
        answerSoon(client.resources(CgroupProgramNode.class).withName(node).get());
    }

    /** What nodes do not run any more, as {@code node/chain}. */
    Set<String> detached() {
        return Set.copyOf(detached);
    }

    private void answerSoon(CgroupProgramNode object) {
        CgroupProgramNodeStatus status = object.getStatus();
        boolean answered = status != null
                && status.assignmentsDigest().equals(object.getSpec().digest())
                && status.nodeObjectUID().equals(object.getMetadata().getUid());
        if (!answered && !silent.contains(object.getMetadata().getName())) {
            CompletableFuture.delayedExecutor(MOMENT_MILLIS, TimeUnit.MILLISECONDS, later)
                    .execute(() -> answer(object));
        }
    }

    private void answer(CgroupProgramNode object) {
        String node = object.getMetadata().getName();
        boolean drained = object.getSpec().drain();
        CgroupProgramNode answer = new CgroupProgramNode();
        answer.setMetadata(new ObjectMetaBuilder()
                .withName(node)
                .withUid(object.getMetadata().getUid())
                .build());
        answer.setStatus(new CgroupProgramNodeStatus(
                object.getMetadata().getUid(),
                object.getSpec().digest(),
                "0.0.0-simulated",
                "6.12.0",
                List.of(),
                drained
                        ? List.of()
                        : follow(node, object.getSpec()).stream()
                                .map(a -> report(node, a))
                                .toList(),
                List.of(),
                0,
                Instant.now().toString(),
                drained,
                null));
        try {
            client.resource(answer).subresource("status").patch(APPLY);
        } catch (KubernetesClientException e) {
            System.out.println("the agent of " + node + " could not report: " + e.getMessage());
        }
    }

    /** An agent takes nothing out for a spec that is not complete. */
    private List<Assignment> follow(String node, CgroupProgramNodeSpec spec) {
        Map<String, Assignment> runs = remembered.computeIfAbsent(node, n -> new TreeMap<>());
        synchronized (runs) {
            Set<String> before = Set.copyOf(runs.keySet());
            if (spec.complete()) {
                runs.clear();
            }
            spec.assignments().forEach(a -> runs.put(a.chain(), a));
            before.stream().filter(c -> !runs.containsKey(c)).forEach(c -> detached.add(node + "/" + c));
            return List.copyOf(runs.values());
        }
    }

    private ChainReport report(String node, Assignment assignment) {
        if (missing.contains(node)) {
            return new ChainReport(
                    assignment.chain(),
                    assignment.revision(),
                    assignment.digest(),
                    State.Failed,
                    null,
                    0,
                    "ContentMissing",
                    "there is no such content");
        }
        boolean refused = refusing.contains(node) && assignment.revision() > 1;
        return new ChainReport(
                assignment.chain(),
                assignment.revision(),
                assignment.digest(),
                refused ? State.Refused : State.Running,
                refused ? null : assignment.digest(),
                1,
                refused ? "VerifierRefused" : null,
                refused ? "R1 invalid mem access" : null);
    }

    @Override
    public void close() {
        watch.close();
        later.shutdownNow();
    }
}
